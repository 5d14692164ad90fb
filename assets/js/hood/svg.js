// @ts-check
/* Elements of the tab's drawings. */
import { draw } from "../lib/svg.js";

export { draw } from "../lib/svg.js";

/** A drawing of a size in its own units. It is as wide as these units in pixels, and narrower where there is less
 * room; what is in it is hidden from screen readers, who get the text of the figure.
 * @param {number} width @param {number} height @param {...Node} children @returns {any} */
export const drawing = (width, height, ...children) => {
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", class: "hood-drawing" }, ...children);
  return svg;
};

/** Whether the page is as narrow as a phone. */
export const isNarrow = () => window.innerWidth < 700;

/** A label; its text is cut to fit `most` units of width.
 * @param {string} words @param {Record<string, string | number>} attributes @param {number} [most] */
export const label = (words, attributes, most) => {
  const shown = most === undefined ? words : shorten(words, most);
  const one = draw("text", attributes, shown);
  if (shown !== words) one.append(draw("title", {}, words));
  return one;
};

/** Width of a text in units of one digit: Chinese characters are twice as wide.
 * @param {string} words */
export const widthOf = (words) => [...words].reduce((sum, one) => sum + (/[⺀-鿿぀-ヿ가-힯＀-￯\u{1F000}-\u{1FFFF}]/u.test(one) ? 1.8 : 1), 0);

/** @param {string} words @param {number} most units of one digit */
export const shorten = (words, most) => {
  if (widthOf(words) <= most) return words;
  let shown = "";
  for (const one of words) {
    if (widthOf(`${shown}${one}…`) > most) break;
    shown += one;
  }
  return `${shown}…`;
};
