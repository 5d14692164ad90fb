// @ts-check
/* The model of the tab that is open, with its size and device, and the speed of the last text; a press opens the
 * Models tab at the models of its task. */
import { activeModel, isElsewhere, keepFirstModels, setActiveModels, setFirstModels } from "../lib/active_models.js";
import { client, RequestError } from "../lib/client.js";
import { parts } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { shortCount } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";
import { openModels } from "../lib/open_models.js";

/** @type {Record<string, string>} the task of each tab; others are about the writer */
const TASKS = { translate: "translate", ask: "ask", search: "search" };
const WRITER = "generate";

/** @param {import("../index.js").Component} component `active`: the models with which the page was made */
export const mount = async ({ element, props, server, watch }) => {
  const api = /** @type {import("../types").ActiveModelsServer} */ (client(server));
  const part = parts(element);
  let tab = window.location.hash.replace(/^#\/?/, "");
  const task = () => (activeModel(TASKS[tab]) ? TASKS[tab] : WRITER);
  const show = () => {
    const model = activeModel(task());
    const facts = model ? [model.name, ...(isElsewhere(model) ? [] : [shortCount(model.parameters), model.device.toUpperCase()])] : [];
    part("facts").textContent = facts.filter(Boolean).join(" · ");
    const speed = task() === WRITER ? props.value : "";
    part("speed").hidden = !speed;
    part("speed").replaceChildren(...(speed ? [`${speed} `, bilingual("unit.tokens_per_second")] : []));
  };
  part("open").addEventListener("click", () => openModels(task()));
  watch("value", show);
  listen("models:known", show);
  listen("page:tab-opened", (name) => {
    tab = name;
    show();
  });
  setFirstModels(props.active);
  show();
  try {
    setActiveModels((await api.active()).models);
  } catch (error) {
    keepFirstModels();
    if (!(error instanceof RequestError)) throw error;
  }
};
