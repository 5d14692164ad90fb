// @ts-check
/* Buttons that the scripts add, as the templates have them. */
import { create } from "./dom.js";
import { bilingual } from "./i18n.js";

/** A small pill that does `action`.
 * @param {string} action @param {string} key text on it @param {Record<string, any>} [properties]
 * @returns {HTMLButtonElement} */
export const pillButton = (action, key, properties = {}) => {
  const button = create("button", { type: "button", className: "pill-button small", ...properties }, bilingual(key));
  button.dataset.act = action;
  return button;
};

/** A pill that asks back by its second face before it acts; see confirm.js.
 * @param {string} action @param {string} key @param {string} question */
export const confirmButton = (action, key, question) => {
  const button = pillButton(action, key);
  button.dataset.ask = "";
  button.replaceChildren(create("span", { className: "once" }, bilingual(key)), create("span", { className: "twice" }, bilingual(question)));
  return button;
};
