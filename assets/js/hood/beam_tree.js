// @ts-check
/* A beam search as a tree that grows to the right. */
import { draw, drawing, label } from "./svg.js";
import { plainName, readable } from "./pieces.js";

const [STEP, ROW, TOP] = [92, 30, 18];

/** Rows of the nodes: the leaves one below the other, each other node at the height of its first child.
 * @param {{ parent: number }[]} nodes @returns {{ rows: number[], count: number }} */
export const layOut = (nodes) => {
  /** @type {number[][]} */
  const children = nodes.map(() => []);
  /** @type {number[]} */
  const roots = [];
  nodes.forEach(({ parent }, place) => (parent < 0 ? roots : children[parent]).push(place));
  const rows = nodes.map(() => 0);
  let count = 0;
  const visit = (/** @type {number} */ place) => {
    if (!children[place].length) {
      rows[place] = count;
      count += 1;
      return;
    }
    children[place].forEach(visit);
    rows[place] = rows[children[place][0]];
  };
  roots.forEach(visit);
  return { rows, count };
};

/** @param {import("../types").BeamsResponse} found @returns {any} a drawing */
export const drawBeamTree = ({ nodes, best }) => {
  const { rows, count } = layOut(nodes);
  const path = new Set(best);
  const x = (/** @type {number} */ step) => 56 + step * STEP;
  const y = (/** @type {number} */ row) => TOP + row * ROW;
  const lines = nodes.map(({ parent, step, state }, place) => {
    const [fromX, fromY] = parent < 0 ? [6, y(0)] : [x(nodes[parent].step - 1) + 30, y(rows[parent])];
    const [toX, toY] = [x(step - 1) - 30, y(rows[place])];
    return draw("path", { d: `M${fromX} ${fromY}C${fromX + 16} ${fromY} ${toX - 24} ${toY} ${toX} ${toY}`, class: `hood-branch ${state}${path.has(place) ? " best" : ""}` });
  });
  const boxes = nodes.flatMap(({ name, step, score, state }, place) => {
    const [left, top] = [x(step - 1) - 30, y(rows[place]) - 12];
    return [
      draw("rect", { x: left, y: top, width: 60, height: 24, rx: 8, class: `hood-node ${state}${path.has(place) ? " best" : ""}` }, draw("title", {}, `${readable(name)} ${score.toFixed(2)}`)),
      label(plainName(name), { x: left + 30, y: top + 16, "text-anchor": "middle", class: `hood-axis hood-node-text ${state}${path.has(place) ? " best" : ""}` }, 7),
    ];
  });
  const steps = Math.max(0, ...nodes.map((one) => one.step));
  const svg = drawing(x(steps - 1) + 44, y(Math.max(count, 1) - 1) + 20, ...lines, ...boxes);
  svg.classList.add("wide");
  return svg;
};
