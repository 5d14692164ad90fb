// @ts-check
/* A curve over whole numbers, with one of its points marked. */
import { draw, drawing, isNarrow, label } from "./svg.js";

/** @param {number[]} values @param {{ marked: number, low: number, high: number, title: string }} options
 * @returns {any} a drawing */
export const drawCurve = (values, { marked, low, high, title }) => {
  const [left, top, width, height] = [40, 16, isNarrow() ? 240 : 380, 190];
  const x = (/** @type {number} */ place) => left + (place / Math.max(1, values.length - 1)) * width;
  const y = (/** @type {number} */ value) => top + height - ((value - low) / (high - low || 1)) * height;
  const path = values.map((value, place) => `${place ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const lines = [low, (low + high) / 2, high].flatMap((value) => [draw("line", { x1: left, x2: left + width, y1: y(value), y2: y(value), class: "hood-grid" }), label(value.toFixed(1).replace("-", "−"), { x: left - 6, y: y(value) + 4, "text-anchor": "end", class: "hood-number-text" })]);
  const ticks = [0, 16, 32, 48, 63].filter((place) => place < values.length).map((place) => label(String(place), { x: x(place), y: top + height + 18, "text-anchor": "middle", class: "hood-number-text" }));
  return drawing(
    left + width + 10,
    top + height + 42,
    ...lines,
    ...ticks,
    draw("path", { d: path, class: "hood-curve" }),
    draw("circle", { cx: x(marked), cy: y(values[marked]), r: 5, class: "hood-point" }),
    label(title, { x: left + width / 2, y: top + height + 38, "text-anchor": "middle", class: "hood-number-text" }),
  );
};
