// @ts-check
/* Attention computed step by step for three tokens with four numbers each, all of which can be changed. */
import { create, parts } from "../lib/dom.js";
import { bilingual, format, text } from "../lib/i18n.js";
import { attend } from "./attention_math.js";
import { createFigure } from "./figure.js";
import { css, inkOn, shareScale } from "./scale.js";

const START = {
  query: [[1, 0, 1, 0], [0, 2, 0, 1], [1, 1, 0, 0]],
  keys: [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 2]],
  values: [[1, 0, 0, 1], [0, 2, 0, 0], [0, 0, 3, 0]],
};
const WORDS = ["hood.worked.one", "hood.worked.two", "hood.worked.three"];

/** @param {number} value */
const shown = (value) => (value === -Infinity ? "−∞" : value.toFixed(2).replace("-", "−"));

/** @param {Element} element */
export const mountWorkedExample = (element) => {
  const part = parts(element);
  const given = structuredClone(START);
  const names = () => WORDS.map((key) => text(key));

  /** A table of numbers; `cell` makes what stands in each. */
  const table = (title, matrix, columns, cell) => {
    const heads = columns.map((one) => create("th", { scope: "col", textContent: one }));
    const rows = matrix.map((row, place) => create("tr", {}, create("th", { scope: "row", textContent: names()[place] }), ...row.map((value, column) => cell(value, place, column))));
    return create("table", { className: "hood-matrix" }, create("caption", {}, bilingual(title)), create("thead", {}, create("tr", {}, create("td"), ...heads)), create("tbody", {}, ...rows));
  };
  const dimensions = [1, 2, 3, 4].map(String);
  const input = (side) => (value, row, column) => {
    const field = create("input", { type: "number", step: "0.5", value });
    field.setAttribute("aria-label", text(`hood.worked.field.${side}`, { word: names()[row], number: column + 1 }));
    field.addEventListener("input", () => {
      const typed = field.valueAsNumber;
      given[side][row][column] = Number.isFinite(typed) ? Math.max(-99, Math.min(99, typed)) : 0;
      compute();
    });
    return create("td", {}, field);
  };
  const plain = (value) => create("td", { textContent: shown(value), className: value === -Infinity ? "masked" : "" });
  const coloured = () => {
    const colour = shareScale();
    return (value) => {
      const cell = create("td", { textContent: shown(value) });
      cell.style.background = css(colour(value));
      cell.style.color = inkOn(colour(value));
      return cell;
    };
  };
  function compute() {
    const causal = part("causal").checked;
    const { scores, masked, weights, result } = attend(given.query, given.keys, given.values, causal);
    const tables = create(
      "div",
      { className: "hood-matrices" },
      table("hood.worked.scores", scores, names(), plain),
      table(causal ? "hood.worked.masked" : "hood.worked.scaled", masked, names(), plain),
      table("hood.worked.weights", weights, names(), coloured()),
      table("hood.worked.result", result, dimensions, plain),
    );
    const steps = { ...given, scores, masked, weights, result };
    const rows = () => [["step", "token", "number", "value"], ...Object.entries(steps).flatMap(([step, matrix]) => matrix.flatMap((row, place) => row.map((value, column) => [step, names()[place], column + 1, Number.isFinite(value) ? Number(value.toFixed(4)) : "-inf"])))];
    part("results").replaceChildren(createFigure({ name: "attention-by-hand", caption: "hood.worked.caption", picture: tables, rows }));
    const [row] = weights.slice(-1);
    const best = row.indexOf(Math.max(...row));
    part("reading").replaceChildren(bilingual("hood.worked.reading", { word: (/** @type {string} */ tag) => format(tag, WORDS[2]), other: (/** @type {string} */ tag) => format(tag, WORDS[best]), share: Math.round(100 * row[best]) }));
  }
  const build = () => {
    part("given").replaceChildren(...Object.entries(given).map(([side, matrix]) => table(`hood.worked.${side}`, matrix, dimensions, input(side))));
    compute();
  };
  part("causal").addEventListener("change", compute);
  part("reset").addEventListener("click", () => {
    Object.assign(given, structuredClone(START));
    build();
  });
  return { draw: build };
};
