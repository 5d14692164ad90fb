// @ts-check
/* What a bias probe found: the sentence about it, the intervals and the table of pairs. */
import { create, parts } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { certainty, extremes, percent, quotedWords, signed, span } from "./bias_summary.js";
import { createChoice } from "./choice.js";
import { createFigure } from "./figure.js";
import { drawIntervals } from "./intervals.js";

/** @typedef {import("../types").ProbeBiasResponse} Probe */
/** @typedef {import("../types").ProbeBiasRequest["task"]} Task */

/** The pairs; what else was found is in the JSON file. @param {Probe} found @returns {(string | number)[][]} */
const rowsOf = (found) => [
  ["template", "attribute", "source", "first", "second", "score_first", "score_second", "difference"],
  ...found.pairs.map((one) => [one.template + 1, one.attribute, one.source, one.first, one.second, one.first_score, one.second_score, Number((one.first_score - one.second_score).toFixed(4))]),
];

/** @param {any} part @param {Probe} found @param {Task} task */
const drawReading = (part, found, task) => {
  const groups = { first: quotedWords(found.first_words), second: quotedWords(found.second_words) };
  const { key, values } = certainty(found);
  part("bias-reading").replaceChildren(bilingual(`hood.bias.reading.${task}`, { ...groups, ...extremes(found), model: found.model }), " ", bilingual(key, values));
};

/** @param {Probe} found @param {Task} task @param {boolean} centred */
const createIntervals = (found, task, centred) => {
  const rows = found.rows.map((row) => {
    const interval = centred ? row.centred : row.difference;
    return { name: row.attribute, ...interval, shown: row.share === null || centred ? signed(interval.mean) : `${signed(interval.mean)} · ${percent(row.share)}` };
  });
  const side = (/** @type {string[]} */ words) => words[0] + (words.length > 1 ? " …" : "");
  const [left, right] = [side(found.second_words), side(found.first_words)];
  return createFigure({
    name: `bias-${task}`,
    caption: `hood.bias.caption.${centred ? "centred" : task}`,
    values: { first: quotedWords(found.first_words), second: quotedWords(found.second_words), templates: found.templates },
    alt: "hood.bias.alt",
    altValues: { described: rows.map((row) => `${row.name} ${signed(row.mean)}${span(row)}`).join("; ") },
    picture: drawIntervals(rows, { left, right, mean: centred ? null : found.mean.mean, meanName: text("hood.bias.mean") }),
    rows: () => rowsOf(found),
    data: () => found,
  });
};

/** @param {Probe} found @param {Task} task */
const pairTable = (found, task) => {
  const written = task === "generate"; /* the word stands in the sentences, so it needs no column */
  const digits = task === "search" ? 3 : 2;
  const score = task === "search" ? "score.cosine" : "score";
  const heads = [...(written ? [] : ["source"]), "first", "second", score, score, "difference"];
  const cells = (/** @type {import("../types").MeasuredPairItem} */ one) => [
    ...(written ? [] : [one.source || one.attribute]),
    one.first,
    one.second,
    one.first_score.toFixed(digits),
    one.second_score.toFixed(digits),
    signed(one.first_score - one.second_score),
  ];
  return create(
    "table",
    { className: "hood-differences" },
    create("caption", { className: "unseen", id: "bias-pairs" }, bilingual("hood.bias.pairs")),
    create("thead", {}, create("tr", {}, ...heads.map((name) => create("th", { scope: "col" }, bilingual(`hood.bias.column.${name}`))))),
    create("tbody", {}, ...found.pairs.map((one) => create("tr", {}, ...cells(one).map((words) => create("td", { textContent: words, dir: "auto" }))))),
  );
};

/** The place of the results of the step. @param {HTMLElement} element */
export const createBiasFigure = (element) => {
  const part = parts(element);
  let view = "difference";
  /** @type {{ found: Probe, task: Task } | null} */
  let shown = null;

  const drawFigure = () => {
    if (!shown) return;
    const { found, task } = shown;
    const comparable = found.rows.length > 1; /* a single row is the mean of all */
    part("bias-figure").replaceChildren(createIntervals(found, task, comparable && view === "centred"));
    const views = ["difference", "centred"].map((value) => ({ value, label: bilingual(`hood.bias.view.${value}`) }));
    const choose = (/** @type {string} */ value) => {
      view = value;
      drawFigure();
      part("bias-view").querySelector("input:checked")?.focus();
    };
    part("bias-view").replaceChildren(...(comparable ? [createChoice("hood.bias.view", views, view, choose)] : []));
  };
  return {
    /** Draw it again, in the colours and the width of now. */
    drawFigure,
    /** @param {Probe} found @param {Task} task */
    show(found, task) {
      shown = { found, task };
      part("bias-result").hidden = false;
      drawReading(part, found, task);
      drawFigure();
      part("bias-pairs").replaceChildren(pairTable(found, task));
    },
    clear() {
      shown = null;
      part("bias-result").hidden = true;
    },
  };
};
