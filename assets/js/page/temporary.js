// @ts-check
/* The switch of temporary mode; the style sheet reads the mode from the root element. */
import { listen } from "../lib/events.js";
import { isTemporary, keepsNothing, remember, setTemporary } from "../lib/visit.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  const button = /** @type {HTMLButtonElement} */ (element.querySelector("button"));
  const show = () => {
    button.setAttribute("aria-checked", String(isTemporary()));
    button.disabled = keepsNothing();
    document.documentElement.dataset.temporary = isTemporary() ? "on" : "off";
    document.documentElement.dataset.storage = keepsNothing() ? "blocked" : "open";
    if (!isTemporary()) remember();
  };
  button.addEventListener("click", () => {
    setTemporary(!isTemporary());
    show();
  });
  listen("account:signed-in", show);
  show();
};
