// @ts-check
/* Tokens in the text: coloured by how sure the model was, one of them within reach of the keyboard. */
import { create } from "../lib/dom.js";
import { percentOfLog } from "../lib/figures.js";
import { format, text } from "../lib/i18n.js";

/** @typedef {[string, number][]} Levels names, each with the probability from which on it holds; the surest first */

/** Blanks and line breaks by themselves cannot be seen.
 * @param {string} words */
export const visible = (words) => words.replace(/\n/g, "↵").replace(/^ (?=\S)/, "").replace(/^\s+$/, "␣") || "␣";

/** The level of a token; in a poem, where hundreds of characters would do, by comparison with the likeliest one.
 * @param {Levels} levels @param {number} logprob @param {number} peak @returns {string} */
const levelOf = (levels, logprob, peak) =>
  (levels.find(([, from]) => Math.exp(logprob - peak) >= from) ?? levels[levels.length - 1])[0];

/** @param {Levels} levels @param {import("./versions.js").Token} token @param {number} index @returns {HTMLElement} */
export const tokenSpan = (levels, [, words, logprob, , peak], index) => {
  const level = levelOf(levels, logprob, peak);
  const span = create("span", { className: `token ${level}`, textContent: words });
  Object.assign(span.dataset, { i: index, p: percentOfLog(logprob), level });
  return span;
};

/** @param {Element} token */
const release = (token) => {
  for (const name of ["tabindex", "role", "aria-label"]) token.removeAttribute(name);
};

/** Take all tokens out of reach. @param {Element} body */
export const releaseTokens = (body) => {
  for (const token of body.querySelectorAll(".token[tabindex]")) release(token);
};

/** Let Tab reach this token alone; the arrow keys go on from it. To a screen reader the text is running text, and
 * only this token is a button.
 * @param {Element} body @param {HTMLElement} token */
export const reachToken = (body, token) => {
  releaseTokens(body);
  token.tabIndex = 0;
  token.setAttribute("role", "button");
  const { p: percent, level } = token.dataset;
  const values = { token: visible(token.textContent ?? ""), percent, level: (tag) => format(tag, `certainty.${level}`) };
  token.setAttribute("aria-label", text("token.said", values));
};
