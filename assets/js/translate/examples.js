// @ts-check
/* A pill puts its text into the box and has it translated. The box may be mounted later, so the text waits for it. */
import { emit } from "../lib/events.js";

/** @typedef {{ text: string, language: string }} Example */

/** @type {Example | null} */
let waiting = null;

/** The example that was chosen, once. */
export const takeExample = () => {
  const taken = waiting;
  waiting = null;
  return taken;
};

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  element.addEventListener("click", (event) => {
    const pill = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-text]"));
    if (!pill) return;
    waiting = { text: pill.dataset.text ?? "", language: pill.dataset.language ?? "" };
    emit("translate:example-chosen");
  });
};
