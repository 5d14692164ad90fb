// @ts-check
/* Means with their intervals around zero, a row each: a point and a line through it. */
import { ticksAround } from "./interval_scale.js";
import { draw, drawing, isNarrow, label } from "./svg.js";

/** @typedef {{ name: string, mean: number, low: number | null, high: number | null, shown: string }} IntervalRow */

const ROW = 30;

/** @param {IntervalRow[]} rows
 * @param {{ left: string, right: string, mean: number | null, meanName: string }} options what lies on each side, and
 *   a mean that is drawn as a dashed line
 * @returns {any} a drawing */
export const drawIntervals = (rows, { left, right, mean, meanName }) => {
  const [names, long, behind] = isNarrow() ? [76, 132, 102] : [140, 420, 120];
  const ends = rows.flatMap((row) => [row.mean, row.low ?? row.mean, row.high ?? row.mean]);
  const steps = ticksAround(Math.max(1e-6, ...[...ends, mean ?? 0].map(Math.abs)));
  const most = steps[steps.length - 1];
  const x = (/** @type {number} */ value) => names + long / 2 + (value / most) * (long / 2);
  const top = 46;
  const bottom = top + rows.length * ROW;
  const grid = steps.map((value) => draw("g", {}, draw("line", { x1: x(value), x2: x(value), y1: top - 4, y2: bottom, class: value ? "hood-grid" : "interval-zero" }), label(String(value).replace("-", "−"), { x: x(value), y: bottom + 16, "text-anchor": "middle", class: "hood-axis" })));
  const sides = [label(`← ${left}`, { x: names, y: 14, class: "hood-axis interval-second" }), label(`${right} →`, { x: names + long, y: 14, "text-anchor": "end", class: "hood-axis interval-first" })];
  const dashed = mean === null ? [] : [draw("line", { x1: x(mean), x2: x(mean), y1: top - 8, y2: bottom, class: "interval-mean" }), label(meanName, { x: x(mean), y: top - 13, "text-anchor": mean > 0.6 * most ? "end" : mean < -0.6 * most ? "start" : "middle", class: "hood-axis" })];
  const marks = rows.map(({ name, mean: middle, low, high, shown }, place) => {
    const y = top + place * ROW + ROW / 2;
    const kind = middle < 0 ? "interval-second" : "interval-first";
    const line = low === null || high === null ? [] : [draw("line", { x1: x(low), x2: x(high), y1: y, y2: y, class: `interval-line ${kind}` }), ...[low, high].map((end) => draw("line", { x1: x(end), x2: x(end), y1: y - 5, y2: y + 5, class: `interval-line ${kind}` }))];
    const point = middle < 0 ? draw("rect", { x: x(middle) - 5, y: y - 5, width: 10, height: 10, class: kind }) : draw("circle", { cx: x(middle), cy: y, r: 6, class: kind });
    return draw("g", {}, label(name, { x: names - 10, y: y + 5, "text-anchor": "end", class: "hood-text" }, isNarrow() ? 8 : 16), ...line, point, label(shown, { x: names + long + 10, y: y + 5, class: "hood-number-text" }));
  });
  return drawing(names + long + behind, bottom + 24, ...grid, ...sides, ...dashed, ...marks);
};
