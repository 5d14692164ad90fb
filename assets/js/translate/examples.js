// @ts-check
/* A pill puts its text into the box and has it translated. */
import { emit } from "../lib/events.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  element.addEventListener("click", (event) => {
    const pill = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-text]"));
    if (pill) emit("translate:example-chosen", { text: pill.dataset.text, language: pill.dataset.language });
  });
};
