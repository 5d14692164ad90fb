// @ts-check
/* A matrix as coloured cells, with the tokens at its sides. A cell is named when the pointer is over it, it is
 * tapped, or the arrow keys go to it. */
import { create } from "../lib/dom.js";
import { draw, drawing, isNarrow, label, widthOf } from "./svg.js";

/** @typedef {object} HeatmapOptions
 * @property {import("./tensor.js").Tensor} matrix
 * @property {string[]} rows names
 * @property {string[]} columns
 * @property {(value: number) => number[]} colour red, green and blue
 * @property {(row: number, column: number) => boolean} [hidden] cells that are masked
 * @property {(row: number, column: number, value: number) => void} [point] a cell is pointed at
 * @property {number} [cell] width of a cell @property {number} [high] height of a cell */

/** The matrix as an image of one pixel a cell.
 * @param {import("./tensor.js").Tensor} matrix @param {(value: number) => number[]} colour
 * @param {(row: number, column: number) => boolean} [hidden] @returns {HTMLCanvasElement} */
export const pixels = ({ shape: [height, width], values }, colour, hidden) => {
  const canvas = create("canvas", { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let place = 0; place < values.length; place += 1) {
    if (hidden?.(Math.floor(place / width), place % width)) continue; /* stays transparent */
    image.data.set([...colour(values[place]), 255], 4 * place);
  }
  context.putImageData(image, 0, 0);
  return canvas;
};

/* On a phone a large map is wider than the page, and its sheet is moved sideways. */
const sizeOf = (/** @type {number} */ count) => Math.max(isNarrow() ? 14 : 5, Math.min(30, Math.floor((isNarrow() ? 220 : 640) / count)));

/** @param {HeatmapOptions} options @returns {any} a drawing */
export const createHeatmap = ({ matrix, rows, columns, colour, hidden, point, cell = sizeOf(Math.max(rows.length, columns.length)), high = cell }) => {
  const [everyRow, everyColumn] = [high, cell].map((size) => Math.max(1, Math.ceil(14 / size))); /* labels that have room */
  const left = 8 + 7.2 * Math.min(isNarrow() ? 8 : 14, Math.max(...rows.map(widthOf)));
  const top = 78;
  const [width, height] = [columns.length * cell, rows.length * high];
  const image = draw("image", { x: left, y: top, width, height, href: pixels(matrix, colour, hidden).toDataURL(), preserveAspectRatio: "none", style: "image-rendering: pixelated" });
  const marker = draw("rect", { width: cell, height: high, class: "hood-marker", visibility: "hidden" });
  const names = [
    ...rows.map((one, place) => (place % everyRow ? null : label(one, { x: left - 6, y: top + (place + 0.5) * high + 4, "text-anchor": "end", class: "hood-axis" }, isNarrow() ? 8 : 14))),
    ...columns.map((one, place) => (place % everyColumn ? null : label(one, { transform: `translate(${left + (place + 0.5) * cell + 3} ${top - 6}) rotate(-55)`, class: "hood-axis" }, 12))),
  ].filter(Boolean);
  const frame = draw("rect", { x: left, y: top, width, height, class: "hood-frame" });
  const svg = drawing(left + width + 44, top + height + 2, image, frame, ...names, marker);
  svg.classList.add("hood-heatmap");
  if (width > 260 && isNarrow()) svg.classList.add("wide");

  let [row, column] = [rows.length - 1, 0];
  const show = () => {
    marker.setAttribute("x", left + column * cell);
    marker.setAttribute("y", top + row * high);
    marker.setAttribute("visibility", "visible");
    point?.(row, column, matrix.values[row * columns.length + column]);
  };
  const follow = (/** @type {PointerEvent} */ event) => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const [x, y] = [Math.floor(((event.clientX - box.x) * scale - left) / cell), Math.floor(((event.clientY - box.y) * scale - top) / high)];
    if (x < 0 || y < 0 || x >= columns.length || y >= rows.length || (x === column && y === row && marker.getAttribute("visibility") === "visible")) return;
    [row, column] = [y, x];
    show();
  };
  svg.addEventListener("pointermove", follow);
  svg.addEventListener("pointerdown", follow); /* a finger's tap moves nothing */
  /** @type {Record<string, [number, number]>} */
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  /* The sheet around the drawing has the focus. */
  svg.onkey = (/** @type {KeyboardEvent} */ event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    row = Math.min(rows.length - 1, Math.max(0, row + step[0]));
    column = Math.min(columns.length - 1, Math.max(0, column + step[1]));
    show();
  };
  return svg;
};
