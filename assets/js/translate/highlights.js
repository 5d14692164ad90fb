// @ts-check
/* Colours over text, without touching the text: the browser's own highlights, each a set of ranges. */

const LEVELS = [0.5, 0.25, 0.12, 0.05]; /* shares of attention, from much to little */
const LOOKS = LEVELS.map((_, level) => `translate-look-${level}`);
const ALL = ["translate-partner", "translate-term", "translate-word", ...LOOKS];

/** The level of a share of attention, 0 for the most; -1 if it is too little. @param {number} weight */
export const lookLevel = (weight) => LEVELS.findIndex((least) => weight >= least);

/** @param {string} name @param {Range[]} ranges */
export const paint = (name, ranges) => {
  if (!globalThis.CSS?.highlights) return;
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
};

/** @param {...string} names */
export const wipe = (...names) => {
  for (const name of names) paint(name, []);
};

export const wipeAll = () => wipe(...ALL);

export const wipeLooks = () => wipe(...LOOKS);

/** Shade what the model looked at. @param {[number, Range][]} looked ranges with their weights */
export const paintLooks = (looked) => {
  LOOKS.forEach((name, level) => {
    paint(name, looked.filter(([weight]) => lookLevel(weight) === level).map(([, range]) => range));
  });
};

/** A range of the one text in a node. @param {Node} node @param {number} start @param {number} end */
export const rangeIn = (node, start, end) => {
  const range = new Range();
  const text = /** @type {Text} */ (node.firstChild ?? node);
  range.setStart(text, Math.min(start, text.length));
  range.setEnd(text, Math.min(end, text.length));
  return range;
};
