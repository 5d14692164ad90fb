// @ts-check
/* A text whose tokens are coloured by how much one of them looks at each. */
import { create } from "../lib/dom.js";
import { shownText } from "./pieces.js";
import { css, inkOn, shareScale } from "./scale.js";

/** @typedef {import("../types").TokenPieceItem} Piece */

/** @param {object} options
 * @param {Piece[]} options.queries tokens that look @param {Piece[]} options.keys tokens that are looked at
 * @param {number} options.chosen the query @param {number[]} options.shares of its attention
 * @param {(query: number) => void} options.choose @param {boolean} options.same whether both are one text
 * @param {number} [options.second] where a second text begins in it
 * @param {(query: number) => string} options.name of a query's button, for screen readers */
export const createSentence = ({ queries, keys, chosen, shares, choose, same, second = 0, name }) => {
  const colour = shareScale();
  const key = (/** @type {Piece} */ piece, /** @type {number} */ place) => {
    const share = shares[place] ?? 0;
    const one = create("span", { className: "hood-looked" }, create("span", { textContent: shownText(piece), dir: "auto" }), create("span", { className: "hood-share", textContent: share >= 0.005 ? `${Math.round(100 * share)}%` : " " }));
    one.style.background = css(colour(share));
    one.style.color = inkOn(colour(share));
    return one;
  };
  const query = (/** @type {Piece} */ piece, /** @type {number} */ place, /** @type {Node[]} */ ...inside) => {
    const button = create("button", { type: "button", className: "hood-query" }, ...(inside.length ? inside : [create("span", { textContent: shownText(piece), dir: "auto" })]));
    button.setAttribute("aria-pressed", String(place === chosen));
    button.setAttribute("aria-label", name(place));
    button.addEventListener("click", () => choose(place));
    return button;
  };
  const line = (/** @type {Node[]} */ items) => create("div", { className: "hood-sentence" }, ...items);
  if (!same) return [line(queries.map((piece, place) => query(piece, place))), line(keys.map(key))];
  const items = keys.map((piece, place) => query(piece, place, key(piece, place)));
  if (second) return [line(items.slice(0, second)), line(items.slice(second))];
  return [line(items)];
};
