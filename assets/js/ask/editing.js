// @ts-check
/* A question that is edited in its place. */
import { stretch } from "./composer.js";

/** @param {Element} exchange @param {boolean} editing */
const show = (exchange, editing) => {
  /** @type {any} */ (exchange.querySelector(".editing")).hidden = !editing;
  /** @type {any} */ (exchange.querySelector(".question-text")).hidden = editing;
  /** @type {any} */ (exchange.querySelector(".question-acts")).hidden = editing;
};

/** @param {Element} exchange the question with its answers */
export const openEditor = (exchange) => {
  show(exchange, true);
  const area = /** @type {HTMLTextAreaElement} */ (exchange.querySelector(".editing textarea"));
  stretch(area);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
};

/** @param {Element} exchange the question with its answers */
export const closeEditor = (exchange) => {
  show(exchange, false);
  /** @type {HTMLElement} */ (exchange.querySelector("[data-act=edit]")).focus();
};
