// @ts-check
/* Who writes: the active model, or the one that was trained in the tab "Inside" of this page. The value of the
 * component is the name of the trained one, or empty. */
import { fill, parts } from "../lib/dom.js";
import { emit, listen } from "../lib/events.js";
import { takeWaitingPrompt, trainedModel } from "../lib/trained_model.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, props, watch }) => {
  const form = /** @type {HTMLElement} */ (element.closest(".asking"));
  const part = parts(element);
  const show = () => {
    const trained = Boolean(props.value);
    part("choice").hidden = !trainedModel();
    part("note").hidden = !trained;
    form.dataset.writer = trained ? "trained" : "active";
    for (const button of element.querySelectorAll("[data-writer]")) {
      button.setAttribute("aria-pressed", String((/** @type {HTMLElement} */ (button).dataset.writer === "trained") === trained));
    }
    emit("generate:request-changed");
  };
  const choose = (/** @type {boolean} */ trained) => {
    props.value = trained ? trainedModel() : "";
    show();
  };
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-writer]"));
    if (button) choose(button.dataset.writer === "trained");
  });
  watch("value", show);
  const take = () => {
    const prompt = takeWaitingPrompt();
    if (prompt === null) return;
    choose(true);
    fill("#prompt", prompt);
  };
  listen("training:model-wanted", take);
  /* The one that was chosen is gone, or another one has taken its place. */
  listen("training:model-changed", () => choose(Boolean(props.value && trainedModel())));
  show();
  take();
};
