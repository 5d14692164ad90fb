// @ts-check
/* Two texts with what only one of them has in marks. */
import { common, words } from "./diff.js";
import { create } from "./dom.js";

const LONGEST = 600; /* words of a text of which differences are looked for */

/** @param {string[]} pieces @param {Set<number>} kept @returns {(string | Node)[]} */
const marked = (pieces, kept) =>
  pieces.map((piece, index) => (kept.has(index) || !piece.trim() ? piece : create("mark", { textContent: piece })));

/** What stands in the page for each of two texts; longer ones are as they are.
 * @param {string} left @param {string} right @returns {[(string | Node)[], (string | Node)[]]} */
export const markedDifferences = (left, right) => {
  const [ours, theirs] = [words(left), words(right)];
  if (Math.max(ours.length, theirs.length) > LONGEST) return [[left], [right]];
  const kept = common(ours, theirs);
  return [marked(ours, kept[0]), marked(theirs, kept[1])];
};
