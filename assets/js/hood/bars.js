// @ts-check
/* Rows of bars with a name in front and a number behind. */
import { draw, drawing, isNarrow, label } from "./svg.js";

/** @typedef {{ name: string, value: number, mark?: number, shown: string, faint?: boolean }} Bar `mark`: a second
 *   value, drawn as a line across the bar; `faint` for what does not count */

const ROW = 28;

/** @param {Bar[]} bars @param {{ most?: number, kind?: string }} [options] `most`: value of a whole bar
 * @returns {any} a drawing */
export const drawBars = (bars, { most = Math.max(1e-9, ...bars.map((one) => Math.max(one.value, one.mark ?? 0))), kind = "fill-2" } = {}) => {
  const [left, long, behind] = isNarrow() ? [84, 136, 92] : [112, 300, 120];
  const rows = bars.map(({ name, value, mark, shown, faint }, place) => {
    const y = place * ROW;
    const width = Math.max(0, (value / most) * long);
    const line = mark === undefined ? [] : [draw("line", { x1: left + (mark / most) * long, x2: left + (mark / most) * long, y1: y + 2, y2: y + 24, class: "hood-mark" })];
    return draw(
      "g",
      { class: faint ? "hood-faint" : "" },
      label(name, { x: left - 8, y: y + 18, "text-anchor": "end", class: "hood-text" }, isNarrow() ? 9 : 13),
      draw("rect", { x: left, y: y + 5, width: long, height: 16, rx: 4, class: "hood-rail" }),
      draw("rect", { x: left, y: y + 5, width, height: 16, rx: 4, class: kind }),
      ...line,
      label(shown, { x: left + long + 8, y: y + 18, class: "hood-number-text" }),
    );
  });
  return drawing(left + long + behind, bars.length * ROW + 2, ...rows);
};

/** @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 2 : 1)}%`;
