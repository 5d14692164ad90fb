// @ts-check
/* The curve of a loss over the steps of a training, with the line of a blind guess. */
import { text } from "../lib/i18n.js";
import { apart, CURVE, highest, INNER, placer, smooth, ticks } from "./curve_geometry.js";
import { draw, label } from "./svg.js";

/** @typedef {import("./curve_geometry.js").Point} Point */
/** @typedef {import("./curve_geometry.js").Curves} Curves */

/** @param {Point[]} points @param {(point: Point) => Point} place */
const path = (points, place) => points.map((point) => place(point).map((one) => one.toFixed(1)).join(",")).join(" ");

/** @param {Curves} curves @param {(point: Point) => Point} place */
const grid = (curves, place) => {
  const right = CURVE.left + INNER.width;
  const rows = ticks(highest(curves)).map((loss) => {
    const [, y] = place([0, loss]);
    return draw("g", {}, draw("line", { x1: CURVE.left, x2: right, y1: y, y2: y, class: "curve-grid" }), label(String(loss), { x: CURVE.left - 8, y: y + 4, "text-anchor": "end", class: "hood-axis" }));
  });
  const columns = ticks(curves.steps).map((step) => label(String(step), { x: place([step, 0])[0], y: CURVE.top + INNER.height + 18, "text-anchor": "middle", class: "hood-axis" }));
  const below = label(text("hood.training.axis"), { x: CURVE.left + INNER.width / 2, y: CURVE.height - 4, "text-anchor": "middle", class: "hood-axis" });
  return [...rows, ...columns, below];
};

/** Draw the curves into a drawing of the size {@link CURVE}, in place of what is in it.
 * @param {any} svg @param {Curves} curves */
export const drawCurves = (svg, curves) => {
  const place = placer(curves);
  const smoothed = smooth(curves.training, curves.smoothing);
  const [, guess] = place([0, curves.uniform]);
  const right = CURVE.left + INNER.width;
  const ends = [
    { y: guess + 4, words: `ln V = ${curves.uniform.toFixed(2)}`, kind: "curve-guess-text" },
    ...[
      { points: smoothed, key: "hood.training.line.training", kind: "curve-training-text" },
      { points: curves.validation, key: "hood.training.line.validation", kind: "curve-validation-text" },
    ].flatMap(({ points, key, kind }) => {
      const last = points.at(-1);
      return last ? [{ y: place(last)[1] + 4, words: `${text(key)} ${last[1].toFixed(2)}`, kind }] : [];
    }),
  ];
  svg.replaceChildren(
    ...grid(curves, place),
    draw("line", { x1: CURVE.left, x2: right, y1: guess, y2: guess, class: "curve-guess" }),
    draw("polyline", { points: path(curves.training, place), class: "curve-raw" }),
    draw("polyline", { points: path(smoothed, place), class: "curve-training" }),
    draw("polyline", { points: path(curves.validation, place), class: "curve-validation" }),
    ...curves.validation.map((point) => {
      const [x, y] = place(point);
      return draw("rect", { x: x - 2.5, y: y - 2.5, width: 5, height: 5, class: "curve-validation-mark" });
    }),
    ...apart(ends).map(({ y, words, kind }) => label(words, { x: right + 8, y, class: `hood-axis ${kind}` })),
  );
};
