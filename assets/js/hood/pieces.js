// @ts-check
/* Tokens as they are shown. */
import { create } from "../lib/dom.js";

/** @typedef {import("../types").TokenPieceItem} Piece */

/** A vocabulary's name of a token for readers: the blank at its beginning is made visible.
 * @param {string} name */
export const readable = (name) => name.replace("<0x0A>", "⏎").replace(/^▁/, "␣").replaceAll("▁", "␣").replace(/^ /, "␣").replaceAll("\n", "⏎");

/** The same within a sentence of ours, where the blank would be in the way.
 * @param {string} name */
export const plainName = (name) => readable(name).replace(/^␣(?=.)/, "");

/** What stands on a token: its characters, or its name where it has none.
 * @param {Piece} piece */
export const shownText = (piece) => (piece.text.trim() ? piece.text.trim() : readable(piece.name || piece.text));

/** Whether a token is no text of its own: a mark, or a byte of a character.
 * @param {Piece} piece */
export const isMark = (piece) => !piece.text && /^(<.*>|\[.*\])$/.test(piece.name);

/** A token as a chip, in one of eight colours.
 * @param {Piece} piece @param {number} index @param {{ id?: boolean }} [options] */
export const chip = (piece, index, { id = true } = {}) => {
  const kind = isMark(piece) ? "mark" : `kind-${index % 8}`;
  const one = create("span", { className: `hood-chip ${kind}` }, create("span", { className: "hood-chip-text", textContent: shownText(piece), dir: "auto" }));
  if (id) one.append(create("span", { className: "hood-chip-id", textContent: piece.id }));
  return one;
};
