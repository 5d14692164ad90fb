// @ts-check
/* Examples: one puts its text into the prompt box and has it written with its own seed, which is the value of the
 * component until the text begins. Those in the language of the page come first. */
import { fill } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { onLanguageChange } from "../lib/i18n.js";
import { language } from "../lib/visit.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, props }) => {
  const sort = () => {
    const isOwn = (pill) => Number(pill.lang === language());
    const pills = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-text]")]);
    for (const pill of pills.sort((a, b) => isOwn(b) - isOwn(a))) pill.parentElement?.append(pill);
  };
  listen("generate:version-began", () => (props.value = ""));
  element.addEventListener("click", (event) => {
    const pill = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-text]"));
    if (!pill) return;
    fill("#prompt", pill.dataset.text ?? "");
    props.value = pill.dataset.seed ?? "";
    /** @type {HTMLElement} */ (document.querySelector("#write")).click();
  });
  onLanguageChange(sort);
  sort();
};
