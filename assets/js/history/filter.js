// @ts-check
/* What the list of runs is narrowed to, and files of runs. The value of the component is the filter, as JSON; it
 * goes along with every call that lists runs, so that whatever changes the list, it stays narrowed. Typing narrows
 * when it pauses; the pieces of a word that an input method still puts together do not. */
import { create } from "../lib/dom.js";
import { download, upload } from "../lib/client.js";
import { emit, listen } from "../lib/events.js";
import { saveFile } from "../lib/files.js";
import { bilingual } from "../lib/i18n.js";
import { closeMenu } from "../lib/menu.js";
import { noticeIn } from "../lib/notice.js";

const PAUSE = 250; /* milliseconds */

/** The radio buttons of a choice that there are runs of; a choice of one is none and is not shown.
 * @param {HTMLElement} choices @param {string[]} offered @param {boolean} chosen whether one of them narrows now */
const offerChoices = (choices, offered, chosen) => {
  for (const choice of /** @type {NodeListOf<HTMLElement>} */ (choices.querySelectorAll("[data-offer]"))) {
    const isChecked = choice.querySelector("input")?.checked ?? false;
    choice.hidden = !offered.includes(choice.dataset.offer ?? "") && !isChecked;
  }
  choices.hidden = offered.length < 2 && !chosen;
};

/** Radio buttons for the models that there are runs of.
 * @param {HTMLElement} choices @param {string[]} models */
const addModels = (choices, models) => {
  const known = new Set([.../** @type {NodeListOf<HTMLElement>} */ (choices.querySelectorAll("[data-offer]"))].map(({ dataset }) => dataset.offer));
  for (const name of models) {
    if (known.has(name)) continue;
    const input = create("input", { type: "radio", name: "model", value: name });
    const choice = create("label", { className: "pill-choice" }, input, create("span", { textContent: name }));
    choice.dataset.offer = name;
    choices.append(choice);
  }
};

/** @param {import("../index.js").Component} component `largest` bytes of a file */
export const mount = ({ element, props, trigger }) => {
  const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
  const told = /** @type {HTMLElement} */ (element.querySelector(".told"));
  const reset = /** @type {HTMLElement} */ (form.querySelector("button[type=reset]"));
  const query = /** @type {HTMLInputElement} */ (form.querySelector("[name=query]"));
  const notice = noticeIn(told, "history.unreachable");
  /** @type {import("../types").HistoryFilter} */
  let filter = {};
  let timer;

  const narrow = () => {
    clearTimeout(timer);
    const next = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    reset.hidden = !Object.keys(next).length;
    if (JSON.stringify(next) === JSON.stringify(filter)) return;
    filter = next;
    props.value = JSON.stringify(filter);
    trigger("select", {});
  };
  const narrowSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(narrow, PAUSE);
  };
  form.addEventListener("input", (event) => {
    if (/** @type {InputEvent} */ (event).isComposing) return;
    if (event.target === query) narrowSoon();
    else narrow();
  });
  form.addEventListener("compositionstart", () => clearTimeout(timer)); /* or a search that is due takes it along */
  form.addEventListener("compositionend", narrowSoon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    narrow();
  });
  form.addEventListener("reset", () => {
    query.focus();
    setTimeout(narrow);
  });
  const more = /** @type {HTMLElement} */ (form.querySelector("#history-narrow"));
  more.addEventListener("click", () => {
    const filters = /** @type {HTMLElement} */ (form.querySelector(".filter-row"));
    filters.hidden = !filters.hidden;
    more.setAttribute("aria-expanded", String(!filters.hidden));
  });
  listen("history:choices-changed", ({ tasks, models }) => {
    const [task, model] = /** @type {HTMLElement[]} */ (["task", "model"].map((name) => form.querySelector(`[data-pick=${name}]`)));
    offerChoices(task, tasks, Boolean(filter.task));
    addModels(model, models);
    offerChoices(model, models, Boolean(filter.model));
  });

  /* ---- files ------------------------------------------------------------------------------------------ */

  /* A single run may be gone: the list is then out of date. */
  const exportRuns = async ({ form: ending, id = "" }) => {
    notice.clear();
    try {
      const { name, blob } = await download("history/export", { form: ending, id, filter });
      saveFile(name, blob);
    } catch (error) {
      notice.show(error);
      if (id && error.notice !== null) emit("history:run-missing");
    }
  };
  listen("history:export-wanted", exportRuns);
  const importRuns = async (file, largest) => {
    notice.clear();
    if (file.size > largest) {
      notice.tell("history.too_large", { megabytes: Math.floor(props.largest / 2 ** 20) });
      return;
    }
    try {
      /** @type {import("../types").ImportResponse} */
      const { added, known } = await upload("history/import", {}, [file]);
      told.replaceChildren(create("p", { className: "note" }, bilingual("history.imported", { added, known })));
      trigger("select", {});
    } catch (error) {
      notice.show(error);
    }
  };
  element.querySelector("input[type=file]")?.addEventListener("change", (event) => {
    const chooser = /** @type {HTMLInputElement} */ (event.target);
    const file = chooser.files?.[0];
    if (file) importRuns(file, Number(chooser.dataset.limit));
    chooser.value = "";
  });
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-export]"));
    if (!button) return;
    exportRuns({ form: button.dataset.export });
    closeMenu(/** @type {HTMLDetailsElement} */ (button.closest("details")));
  });
};
