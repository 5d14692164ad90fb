// @ts-check
/* Where the memory of a model goes: drawn as bars, and told in words for those who do not see them. */
import { create } from "../lib/dom.js";
import { fileSize } from "../lib/figures.js";
import { bilingual, text } from "../lib/i18n.js";
import { draw } from "../lib/svg.js";
import { totalOf } from "./words.js";

/** @typedef {import("../types").MemoryItem} MemoryItem */

const PARTS = /** @type {const} */ (["weights", "cache", "workspace"]);
const WIDTH = 600;

/** A bar in three parts, on a scale that shows what the machine has as a line.
 * @param {MemoryItem} memory @param {number} available @param {number} height */
const bar = (memory, available, height) => {
  const scale = WIDTH / Math.max(totalOf(memory), available, 1);
  let x = 0;
  const pieces = PARTS.map((part) => {
    const width = memory[part] * scale;
    const piece = draw("rect", { x, y: 4, width, height, class: `memory-${part}` });
    x += width;
    return piece;
  });
  const line = draw("line", { x1: available * scale, x2: available * scale, y1: 0, y2: height + 8, class: "memory-limit" });
  const rail = draw("rect", { x: 0, y: 4, width: available * scale, height, class: "memory-rail" });
  return draw("svg", { viewBox: `0 0 ${WIDTH} ${height + 8}`, preserveAspectRatio: "none", class: "memory-bar", "aria-hidden": "true", style: `height: ${height + 8}px` }, rail, ...pieces, line);
};

/** The parts with their sizes; the colours are those of the bar. @param {MemoryItem} memory */
const legend = (memory) =>
  create(
    "ul",
    { className: "memory-legend" },
    ...PARTS.map((part) => create("li", {}, create("span", { className: `memory-swatch memory-${part}`, ariaHidden: "true" }), bilingual(`models.memory.${part}`, { size: fileSize(memory[part]) }))),
  );

/** The bar of a calculation with its words. @param {MemoryItem} memory @param {number} available @returns {Node[]} */
export const memoryFigure = (memory, available) => {
  const total = totalOf(memory);
  const key = total > available ? "models.calculator.over" : "models.calculator.under";
  const caption = bilingual(key, { total: fileSize(total), available: fileSize(available) });
  return [bar(memory, available, 36), legend(memory), create("figcaption", {}, caption)];
};

/** What a model needs in each precision. @param {import("../types").FitItem[]} fits
 * @param {import("../types").MachineItem} machine */
export const memoryTable = (fits, machine) => {
  const rows = fits.map(({ precision, memory, verdict }) =>
    create(
      "li",
      { className: `memory-row ${verdict}` },
      create("p", { className: "memory-precision" }, create("span", {}, bilingual("models.memory.precision", { precision })), create("strong", { textContent: fileSize(totalOf(memory)) }), create("span", { className: "note" }, bilingual(`models.verdict.${verdict}`))),
      bar(memory, machine.memory, 12),
      legend(memory),
    ),
  );
  return create("ul", { className: "memory-table", ariaLabel: text("models.memory") }, ...rows);
};
