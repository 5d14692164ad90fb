// @ts-check
/* A pill puts its text into the box and has it translated. */
import { createMailbox } from "../lib/mailbox.js";

/** @type {ReturnType<typeof createMailbox<{ text: string, language: string }>>} */
const chosen = createMailbox("translate:example-chosen");

/** The example that was chosen, once. */
export const takeExample = chosen.take;

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  element.addEventListener("click", (event) => {
    const pill = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-text]"));
    if (pill) chosen.leave({ text: pill.dataset.text ?? "", language: pill.dataset.language ?? "" });
  });
};
