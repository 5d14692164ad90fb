// @ts-check
/* Attention: where each token looks, in any layer and head, and the same computed by hand. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, currentTag, hasText, text } from "../lib/i18n.js";
import { drawAlignment } from "./alignment.js";
import { createThumbnails, later, namesOf, piecesOf, queriesOf } from "./attention_view.js";
import { createChoice, numbers } from "./choice.js";
import { createFigure } from "./figure.js";
import { createHeatmap } from "./heatmap.js";
import { createLatest } from "../lib/latest.js";
import { isMark, shownText } from "./pieces.js";
import { shareScale } from "./scale.js";
import { createSentence } from "./sentence_view.js";
import { at, mean, rowOf, unpack } from "./tensor.js";
import { mountWorkedExample } from "./worked_example.js";

const DRAWN = ["controls", "sentence", "readout", "map", "thumbnails", "grouped", "alignment"];

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)}%`;

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, subject, seen, notice }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const latest = createLatest();
  const worked = mountWorkedExample(part("worked"));
  /** @type {Record<string, { kind: string, layer: number, head: number, query: number, tag: string }>} chosen before, by task */
  const chosen = {};
  /** @type {import("./tensor.js").Tensor} */
  let weights;
  /* Where to begin: a layer and a head whose rows tell something in the texts of the tour. */
  const start = (/** @type {string} */ task) => {
    const key = `hood.start.attention.${task}`;
    const [layer, head] = hasText(key) ? text(key).split("-").map(Number) : [1, 1];
    return { layer: layer - 1, head: head - 1 };
  };

  const state = () => chosen[subject().task];
  const kindOf = (found) => found.kinds.find((one) => one.name === state().kind) ?? found.kinds[0];

  /* The tour begins at a token whose row tells something; the last one of what the writer reads. */
  const firstQuery = (found) => {
    if (found.task === "generate") return -1;
    const wanted = text("hood.attention.queries").split(" ");
    const place = queriesOf(found, kindOf(found)).findIndex((piece) => wanted.includes(shownText(piece)));
    return Math.max(place, 0);
  };
  const drawControls = (found) => {
    const kind = kindOf(found);
    /* What the model lacks is shown as well, with the reason. */
    const lacking = found.kinds.some((one) => one.name === "cross") ? [] : ["cross"];
    const kinds = [...found.kinds.map((one) => one.name), ...lacking].map((name) => ({ value: name, label: bilingual(`hood.kind.${name}`), disabled: lacking.includes(name) }));
    const choices = [
      createChoice("hood.layer", numbers(kind.layers), state().layer, (value) => change({ layer: Number(value) })),
      createChoice("hood.head.choice", numbers(kind.heads), state().head, (value) => repaint({ head: Number(value) })),
    ];
    choices.unshift(createChoice("hood.kind", kinds, kind.name, (value) => change({ kind: value, layer: 0, head: 0, query: -1 })));
    const reasons = lacking.map(() => create("p", { className: "note" }, bilingual(`hood.lacks.cross.${found.architecture.kind}`)));
    part("controls").replaceChildren(...choices, ...reasons);
  };
  const drawSentence = (found) => {
    const kind = kindOf(found);
    const queries = queriesOf(found, kind);
    const keys = piecesOf(found, kind.keys);
    const { head } = state();
    const query = Math.min(state().query < 0 ? queries.length - 1 : state().query, queries.length - 1);
    const shares = rowOf(at(weights, head), query);
    const names = queries.map(shownText);
    const strongest = shares.indexOf(Math.max(...shares));
    const lines = createSentence({ queries, keys, chosen: query, shares, same: kind.queries === kind.keys, second: found.second, choose: (place) => repaint({ query: place }, place), name: (place) => names[place] });
    const others = namesOf(found, kind.keys);
    part("sentence").replaceChildren(
      createFigure({
        name: `attention-row-${query + 1}`,
        caption: "hood.attention.sentence",
        values: { from: names[query], layer: state().layer + 1, head: head + 1 },
        picture: create("div", { className: "hood-stack" }, ...lines),
        rows: () => [["query", "key", "weight"], ...others.map((other, place) => [names[query], other, Number((shares[place] ?? 0).toFixed(5))])],
      }),
    );
    tell(names[query], namesOf(found, kind.keys)[strongest], shares[strongest]);
  };
  const tell = (from, to, share) => {
    const key = kindOf(seen()).name === "cross" ? "hood.attention.readout.cross" : "hood.attention.readout";
    part("readout").replaceChildren(bilingual(key, { from, to, share: percent(share) }));
  };
  const drawMap = (found) => {
    const kind = kindOf(found);
    const { layer, head } = state();
    const matrix = at(weights, head);
    const [rows, columns] = [queriesOf(found, kind).map(shownText), namesOf(found, kind.keys)];
    const picture = createHeatmap({ matrix, rows, columns, colour: shareScale(), hidden: kind.causal ? later : undefined, point: (row, column, value) => tell(rows[row], columns[column], value) });
    const figure = createFigure({
      name: `attention-${kind.name}-layer-${layer + 1}-head-${head + 1}`,
      caption: kind.causal ? "hood.attention.caption.causal" : "hood.attention.caption",
      values: { layer: layer + 1, head: head + 1 },
      picture,
      rows: () => [["query", "key", "weight"], ...rows.flatMap((row, y) => columns.map((column, x) => [row, column, Number(matrix.values[y * columns.length + x].toFixed(5))]))],
    });
    figure.querySelector(".hood-sheet").addEventListener("keydown", picture.onkey);
    part("map").replaceChildren(figure);
  };
  const drawHeads = (found) => {
    const kind = kindOf(found);
    const [queries, keys] = [queriesOf(found, kind).map(shownText), namesOf(found, kind.keys)];
    const rows = () =>
      Array.from({ length: kind.heads }, (_, head) => ({ head, matrix: at(weights, head) })).flatMap(({ head, matrix }) =>
        queries.flatMap((row, y) => keys.map((column, x) => [head + 1, row, column, Number(matrix.values[y * keys.length + x].toFixed(5))])),
      );
    part("thumbnails").replaceChildren(
      createFigure({
        name: `attention-${kind.name}-layer-${state().layer + 1}`,
        caption: "hood.attention.heads",
        values: { layer: state().layer + 1 },
        picture: create("div", { className: "hood-thumbnails" }, ...createThumbnails(weights, kind, state().head, (head) => repaint({ head }))),
        rows: () => [["head", "query", "key", "weight"], ...rows()],
      }),
    );
    const shared = kind.key_heads < kind.heads;
    part("grouped").replaceChildren(...(shared ? [bilingual("hood.grouped", { heads: kind.heads, keys: kind.key_heads })] : []));
  };
  /* Words of both sides: the mean over the heads of this layer, each row for the token written next. */
  const drawWords = (found) => {
    const kind = kindOf(found);
    part("alignment").replaceChildren();
    if (kind.name !== "cross") return;
    const average = mean(weights);
    const [source, target] = [piecesOf(found, "source"), queriesOf(found, kind)];
    const [left, right] = [source, target].map((pieces) => pieces.map((_, place) => place).filter((place) => !isMark(pieces[place])));
    const share = (row, column) => average.values[right[row] * source.length + left[column]];
    const [names, others] = [left.map((place) => shownText(source[place])), right.map((place) => shownText(target[place]))];
    part("alignment").append(
      createFigure({
        name: "word-alignment",
        caption: "hood.alignment.caption",
        values: { layer: state().layer + 1 },
        picture: drawAlignment(names, others, share),
        rows: () => [["target", "source", "weight"], ...others.flatMap((word, row) => names.map((other, column) => [word, other, Number(share(row, column).toFixed(5))]))],
      }),
    );
  };
  const draw = () => {
    const found = seen();
    if (!found) return;
    drawControls(found);
    drawSentence(found);
    drawMap(found);
    drawHeads(found);
    drawWords(found);
  };
  /* Another head or token of the same layer: what is drawn of them, and which are marked as chosen. */
  const repaint = (changes, place = -1) => {
    Object.assign(state(), changes);
    const found = seen();
    if (!found) return;
    drawSentence(found);
    drawMap(found);
    const { head } = state();
    part("thumbnails").querySelectorAll(".hood-thumbnail").forEach((one, index) => one.setAttribute("aria-pressed", String(index === head)));
    const chosenHead = part("controls").lastElementChild?.querySelector(`[value="${head}"]`);
    if (chosenHead instanceof HTMLInputElement) chosenHead.checked = true;
    else if (chosenHead instanceof HTMLOptionElement) chosenHead.selected = true;
    if (place >= 0) part("sentence").querySelectorAll(".hood-query")[place]?.focus();
  };
  const change = async (changes) => {
    Object.assign(state(), changes);
    await load();
  };
  const load = async () => {
    const found = seen();
    if (!found) return;
    notice.clear();
    try {
      const answer = await latest.of(api.attention({ ...subject(), kind: kindOf(found).name, layer: state().layer }));
      if (!answer) return;
      weights = unpack(answer.weights);
      draw();
    } catch (error) {
      notice.show(error);
    }
  };

  return {
    async show() {
      const found = seen();
      worked.draw();
      if (!found) return;
      if (!found.kinds.length) {
        for (const name of DRAWN) part(name).replaceChildren();
        notice.tell("errors.inspection_no_layers", { model: found.model });
        return;
      }
      const { task } = subject();
      if (chosen[task]?.tag !== currentTag()) chosen[task] = { kind: found.kinds[0].name, query: -1, tag: currentTag(), ...start(task) };
      const kind = kindOf(found);
      Object.assign(state(), { layer: Math.min(state().layer, kind.layers - 1), head: Math.min(state().head, kind.heads - 1), query: firstQuery(found) });
      await load();
    },
  };
};
