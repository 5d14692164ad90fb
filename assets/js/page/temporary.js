// @ts-check
/* The switch of temporary mode; the style sheet reads the mode from the root element. */
import { isTemporary, remember, setTemporary } from "../lib/visit.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  const button = /** @type {HTMLButtonElement} */ (element.querySelector("button"));
  const show = () => {
    button.setAttribute("aria-checked", String(isTemporary()));
    document.documentElement.dataset.temporary = isTemporary() ? "on" : "off";
    if (!isTemporary()) remember();
  };
  button.addEventListener("click", () => {
    setTemporary(!isTemporary());
    show();
  });
  show();
};
