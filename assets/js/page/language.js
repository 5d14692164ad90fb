// @ts-check
/* The switch of the language, in the head of the page. */
import { chooseLanguage, language } from "../lib/visit.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, trigger }) => {
  const buttons = [...element.querySelectorAll("button")];
  const show = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === language()));
  };
  element.addEventListener("click", (event) => {
    const next = /** @type {Element} */ (event.target).closest("button")?.dataset.language;
    if (!next || next === language()) return;
    chooseLanguage(next);
    show();
    trigger("select", {});
  });
  show();
};
