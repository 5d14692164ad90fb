// @ts-check
/* One choice out of a few as a row of pills, out of many as a list. */
import { create } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";

const MOST_PILLS = 12;
let made = 0;

/** @typedef {{ value: string | number, label: Node | string, disabled?: boolean }} Option */

/** @param {string} title key of its label @param {Option[]} options @param {string | number} chosen
 * @param {(value: string) => void} choose @returns {HTMLElement} */
export const createChoice = (title, options, chosen, choose) => {
  made += 1;
  const id = `hood-choice-${made}`;
  const name = create("span", { className: "hood-choice-title", id }, bilingual(title));
  if (options.length > MOST_PILLS) {
    const list = create("select", {}, ...options.map(({ value, label }) => create("option", { value, textContent: typeof label === "string" ? label : label.textContent, selected: value === chosen })));
    list.setAttribute("aria-labelledby", id);
    list.addEventListener("change", () => choose(list.value));
    return create("div", { className: "hood-choice" }, name, list);
  }
  const pills = options.map(({ value, label, disabled = false }) => {
    const input = create("input", { type: "radio", name: id, value, disabled, checked: String(value) === String(chosen) });
    input.addEventListener("change", () => choose(input.value));
    return create("label", {}, input, create("span", {}, label));
  });
  const group = create("div", { className: "segmented" }, ...pills);
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-labelledby", id);
  return create("div", { className: "hood-choice" }, name, group);
};

/** Numbers from 1, for layers and heads. @param {number} count @returns {Option[]} */
export const numbers = (count) => Array.from({ length: count }, (_, place) => ({ value: place, label: String(place + 1) }));
