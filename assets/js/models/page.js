// @ts-check
/* The page of models: it asks once for all of them, and each second for what is going on while something is. */
import { modelElsewhere, setActiveModels } from "../lib/active_models.js";
import { client } from "../lib/client.js";
import { confirmed, watchConfirmations } from "../lib/confirm.js";
import { create, parts } from "../lib/dom.js";
import { emit, listen } from "../lib/events.js";
import { fileSize } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { takeWanted } from "../lib/open_models.js";
import { statusLine } from "../lib/status.js";
import { createAdding } from "./adding.js";
import { createAnnouncer } from "./announcer.js";
import { createCalculator } from "./calculator.js";
import { createFirstStart } from "./first_start.js";
import { createList } from "./list.js";
import { createServer } from "./server.js";

/** @typedef {import("../types").ModelsResponse} Models */
/** @typedef {import("../types").WorkResponse} Work */

const PAUSE = 1000; /* milliseconds between two questions while something is going on */
const MEASURING = 3000; /* the same, while the machine is measured, which takes two seconds */
const PATIENCE = 10; /* questions after which a measurement is no longer waited for */
const MIRROR = "mirror";
const HUB = "hub";

/** What the buttons of a row do. @type {Record<string, (api: import("../types").ModelsServer, key: string) => Promise<Work>>} */
const ACTS = {
  get: (api, repository) => api.get({ repository }),
  "get-anyway": (api, repository) => api.get({ repository, insist: true }),
  again: (api, repository) => api.resume({ repository }),
  resume: (api, repository) => api.resume({ repository }),
  pause: (api, repository) => api.pause({ repository }),
  cancel: (api, repository) => api.cancel({ repository }),
  use: (api, name) => api.use({ name }),
  "use-anyway": (api, name) => api.use({ name, insist: true }),
  "guard-off": (api) => api.guard_off(),
  remove: (api, name) => api.remove({ name }),
  forget: (api, name) => api.remove({ name }),
};
const BY_NAME = ["use", "use-anyway", "remove", "forget"];

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server: functions }) => {
  const api = /** @type {import("../types").ModelsServer} */ (client(functions));
  const part = parts(element);
  const notice = noticeIn(part("problem"));
  const announce = createAnnouncer(statusLine("#models-status").say);
  const firstStart = createFirstStart(element);
  const drawRows = createList(part("rows"));
  /** @type {Models | null} */
  let seen = null;
  /** @type {Work} */
  let work = { downloads: [], switch: null, busy: false, revision: -1 };
  let task = "generate";
  let timer = 0;
  let patience = PATIENCE;

  const server = createServer(element, api, { take: (next) => take(next) });

  const draw = () => {
    if (!seen) return;
    const { machine, changeable, endpoints } = seen;
    part("waiting").hidden = true;
    part("strangers").hidden = changeable;
    part("adding").hidden = !changeable;
    part("machine").replaceChildren(machineWords(machine));
    part("hub").replaceChildren(...(changeable ? mirrorLine(endpoints) : []));
    part("hub").hidden = !part("hub").childNodes.length;
    server.show(seen, task);
    firstStart.show(seen, work);
    drawRows(seen, work, task);
    announce(work, seen.models);
  };
  /** @param {Work} next */
  const take = async (next) => {
    const changed = next.revision !== work.revision;
    work = next;
    if (changed || !seen) {
      seen = await api.overview();
      setActiveModels(activeOf(seen));
      emit("models:listed");
    }
    draw();
    window.clearTimeout(timer);
    if (work.busy) timer = window.setTimeout(ask, PAUSE);
    else if (!isMeasured(seen) && patience > 0) {
      patience -= 1;
      timer = window.setTimeout(ask, MEASURING);
    }
  };
  const ask = async () => {
    try {
      await take(await api.work());
      notice.clear();
    } catch (error) {
      part("waiting").hidden = true;
      notice.show(error);
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, 5 * PAUSE);
    }
  };
  /** @param {() => Promise<unknown>} act */
  const perform = async (act) => {
    try {
      await act();
      await ask();
    } catch (error) {
      notice.show(error);
    }
  };
  const offers = () => seen?.models ?? [];
  /** @param {HTMLElement} button */
  const press = (button) => {
    const act = button.dataset.act ?? "";
    const key = /** @type {HTMLElement | null} */ (button.closest("[data-key]"))?.dataset.key ?? "";
    if (!confirmed(button)) return;
    if (act in ACTS) {
      const offer = offers().find((one) => (one.repository || one.name) === key);
      perform(async () => take(await ACTS[act](api, BY_NAME.includes(act) ? (offer?.name ?? key) : key)));
    } else if (act === "mirror") perform(async () => chooseMirror(key));
    else if (act === "hub") perform(() => api.choose_endpoint({ name: HUB }));
    else if (act === "get-set") perform(async () => take(await api.get_set({ size: /** @type {any} */ (button.dataset.size) })));
    else if (act === "dismiss") firstStart.dismiss();
    else if (act === "reload") window.location.reload();
    else if (act === "token") askForToken(button);
  };
  /** Go on at the mirror with what failed at the hub. @param {string} repository */
  const chooseMirror = async (repository) => {
    await api.choose_endpoint({ name: MIRROR });
    work = { ...work, revision: -1 };
    if (repository) await api.resume({ repository });
  };
  /** @param {HTMLElement} button */
  const askForToken = (button) => {
    const field = create("input", { type: "password", autocomplete: "off", id: "models-token", required: true });
    const send = create("button", { type: "submit", className: "pill-button" }, bilingual("models.token.keep"));
    const form = create("form", { className: "models-line" }, create("label", { htmlFor: field.id }, bilingual("models.token")), field, send);
    form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      work = { ...work, revision: -1 };
      perform(() => api.give_token({ token: field.value }));
    });
    button.replaceWith(form);
    field.focus();
  };
  const showWanted = () => {
    const wanted = takeWanted();
    part("wanted").hidden = !wanted?.instructed;
    if (!wanted) return;
    const radio = /** @type {HTMLInputElement | null} */ (part("tasks").querySelector(`[value="${wanted.task}"]`));
    if (radio) radio.checked = true;
    task = radio?.value ?? task;
    draw();
  };

  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button[data-act]"));
    if (button && element.contains(button)) press(button);
  });
  part("tasks").addEventListener("change", (/** @type {Event} */ event) => {
    task = /** @type {HTMLInputElement} */ (event.target).value;
    part("wanted").hidden = true;
    draw();
  });
  watchConfirmations(element);
  listen("models:wanted", showWanted);
  listen("page:outdated", () => (part("outdated").hidden = false));
  listen("page:tab-opened", (name) => {
    if (name === "models") ask();
  });
  const calculator = createCalculator(element, api, { available: () => seen?.machine.memory ?? 0, failed: notice.show });
  part("calculator").addEventListener("toggle", () => {
    if (part("calculator").open) calculator.draw();
  });
  createAdding(element, api, {
    about: () => ({ machine: /** @type {Models} */ (seen).machine, changeable: true, token: Boolean(seen?.token) }),
    added: ask,
  });
  showWanted();
  ask();
};

/** Whether the speed of a writer is estimated already. @param {Models} seen */
const isMeasured = ({ models }) => models.some(({ fits }) => fits.some((fit) => fit.speed));

/** What this machine has. @param {import("../types").MachineItem} machine */
const machineWords = ({ device, device_name: name, memory, free, cores, disk }) => {
  const values = { device: name, memory: fileSize(memory), free: fileSize(free), cores, disk: fileSize(disk) };
  return bilingual(`models.machine.${device === "cpu" ? "cpu" : "gpu"}`, values);
};

/** That models come from elsewhere than from the hub. @param {import("../types").EndpointItem[]} endpoints @returns {Node[]} */
const mirrorLine = (endpoints) => {
  const chosen = endpoints.find((one) => one.chosen);
  if (!chosen || chosen.name === HUB) return [];
  const line = create("span", {}, bilingual("models.from", { address: chosen.address }));
  const back = create("button", { type: "button", className: "pill-button small" }, bilingual("models.act.hub"));
  back.dataset.act = "hub";
  return chosen.name === MIRROR ? [line, back] : [line];
};

/** @param {Models} seen @returns {import("../types").ActiveModelItem[]} */
const activeOf = ({ models, machine, elsewhere }) => [
  ...elsewhere.map(({ task, name }) => modelElsewhere(task, name)),
  ...models.filter((one) => one.active).map(({ task, name, parameters }) => ({ task, name, parameters, device: machine.device })),
];
