// @ts-check
/* Positions: how the model tells first from last, and what changes when two tokens change places. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { drawBars, percent } from "./bars.js";
import { drawCurve } from "./position_curve.js";
import { createFigure } from "./figure.js";
import { createHeatmap } from "./heatmap.js";
import { createLatest } from "../lib/latest.js";
import { readable, shownText } from "./pieces.js";
import { signedScale } from "./scale.js";
import { isNarrow } from "./svg.js";
import { unpack } from "./tensor.js";

const [SHOWN_POSITIONS, SHOWN_COMPONENTS] = [64, 64];

/** How alike each position is to one of them: the cosine of their vectors; for turned pairs the mean cosine of the
 * angle between them.
 * @param {import("./tensor.js").Tensor} table @param {string} kind @param {number[]} frequencies
 * @param {number} position @param {number} count @returns {number[]} */
export const closeness = ({ shape: [, width], values }, kind, frequencies, position, count) => {
  const places = Array.from({ length: count }, (_, place) => place);
  if (kind === "rotary") return places.map((place) => frequencies.reduce((sum, one) => sum + Math.cos((place - position) * one), 0) / frequencies.length);
  const vector = (place) => values.subarray(place * width, (place + 1) * width);
  const dot = (a, b) => a.reduce((sum, one, index) => sum + one * b[index], 0);
  const own = vector(position);
  return places.map((place) => dot(own, vector(place)) / (Math.sqrt(dot(own, own) * dot(vector(place), vector(place))) || 1));
};

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, subject, seen, notice }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const [latest, latestSwap] = [createLatest(), createLatest()];
  /** @type {{ kind: string, table: import("./tensor.js").Tensor, frequencies: number[] } | null} */
  let found = null;

  const drawTable = () => {
    const { kind, table } = /** @type {any} */ (found);
    const width = Math.min(SHOWN_COMPONENTS, table.shape[1]);
    const step = Math.max(1, Math.floor(table.shape[1] / width));
    const count = Math.min(SHOWN_POSITIONS, table.shape[0]);
    const values = new Float32Array(count * width);
    for (let row = 0; row < count; row += 1) for (let column = 0; column < width; column += 1) values[row * width + column] = table.values[row * table.shape[1] + column * step];
    const most = values.reduce((high, one) => Math.max(high, Math.abs(one)), 0);
    const picture = createHeatmap({ matrix: { shape: [count, width], values }, rows: Array.from({ length: count }, (_, place) => String(place)), columns: Array.from({ length: width }, (_, place) => String(place * step)), colour: signedScale(most), cell: Math.max(4, Math.floor((isNarrow() ? 240 : 390) / width)), high: 5, point: (row, column, value) => part("cell").replaceChildren(bilingual("hood.positions.cell", { position: row, number: column * step, value: value.toFixed(3) })) });
    const figure = createFigure({ name: "positions", caption: `hood.positions.table.${kind}`, picture, rows: () => [["position", ...Array.from({ length: width }, (_, place) => place * step)], ...Array.from({ length: count }, (_, row) => [row, ...[...values.subarray(row * width, (row + 1) * width)].map((one) => Number(one.toFixed(4)))])] });
    figure.querySelector(".hood-sheet").addEventListener("keydown", picture.onkey);
    part("table").replaceChildren(figure);
    part("cell").replaceChildren();
  };
  const drawCloseness = () => {
    if (!found || found.kind === "none") return;
    const position = part("position").valueAsNumber;
    const curve = closeness(found.table, found.kind, found.frequencies, position, Math.min(SHOWN_POSITIONS, found.table.shape[0]));
    part("at").textContent = String(position);
    part("closeness").replaceChildren(createFigure({ name: "positions-closeness", caption: `hood.positions.closeness.${found.kind}`, values: { position }, picture: drawCurve(curve, { marked: position, low: Math.min(-0.2, ...curve), high: 1, title: text("hood.positions.position") }), rows: () => [["position", "closeness"], ...curve.map((one, place) => [place, Number(one.toFixed(4))])] }));
  };
  const drawSwap = () => {
    const pieces = seen().texts[0].pieces;
    const able = subject().task === "generate" && pieces.length > 2;
    part("swap").hidden = !able;
    part("swapped").replaceChildren();
    if (!able) return;
    const options = () => pieces.map((piece, place) => create("option", { value: place, textContent: `${place} ${shownText(piece)}` }));
    for (const name of ["first", "second"]) part(name).replaceChildren(...options());
    part("first").value = 1;
    part("second").value = Math.min(7, pieces.length - 1);
  };
  const swap = async () => {
    const [first, second] = ["first", "second"].map((name) => Number(part(name).value));
    try {
      const answer = await latestSwap.of(api.swap({ ...subject(), first, second }));
      if (!answer) return;
      const pieces = seen().texts[0].pieces;
      const changed = pieces.map((piece, place) => ({ name: shownText(piece), value: Math.max(0, 1 - answer.cosines[place]), shown: (1 - answer.cosines[place]).toFixed(2) }));
      const predicted = (tokens) => drawBars(tokens.slice(0, 5).map(({ name, value }) => ({ name: readable(name), value, shown: percent(value) })), { most: 1 });
      const rows = (tokens) => () => [["token", "probability"], ...tokens.map((one) => [readable(one.name), one.value])];
      part("swapped").replaceChildren(
        create(
          "div",
          { className: "hood-columns" },
          createFigure({ name: "swap-change", caption: "hood.positions.changed", picture: drawBars(changed, { kind: "fill-0" }), rows: () => [["token", "change"], ...changed.map((one) => [one.name, Number(one.shown)])] }),
          create("div", { className: "hood-stack" }, createFigure({ name: "swap-before", caption: "hood.positions.before", picture: predicted(answer.before), rows: rows(answer.before) }), createFigure({ name: "swap-after", caption: "hood.positions.after", picture: predicted(answer.after), rows: rows(answer.after) })),
        ),
      );
    } catch (error) {
      notice.show(error);
    }
  };
  part("position").addEventListener("input", drawCloseness);
  part("swap-go").addEventListener("click", swap);

  return {
    async show() {
      if (!seen()) return;
      const answer = await latest.of(api.positions(subject()));
      if (!answer) return;
      found = { kind: answer.kind, table: unpack(answer.vectors), frequencies: answer.frequencies };
      part("kind").replaceChildren(bilingual(`hood.positions.kind.${answer.kind}`));
      part("position").closest(".hood-stack").hidden = answer.kind === "none";
      if (answer.kind !== "none") {
        drawTable();
        drawCloseness();
      }
      drawSwap();
    },
  };
};
