// @ts-check
/* Layer by layer: the prediction as if each layer were the last. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { percent } from "./bars.js";
import { createFigure } from "./figure.js";
import { createHeatmap } from "./heatmap.js";
import { createLatest } from "../lib/latest.js";
import { plainName, readable, shownText } from "./pieces.js";
import { css, inkOn, shareScale } from "./scale.js";
import { isNarrow } from "./svg.js";

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, subject, seen }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const latest = createLatest();

  const nameOf = (place) => (place ? text("hood.layers.after", { number: place }) : text("hood.layers.embedding"));
  const tell = (layer, token, cell) => {
    const choices = cell.map((one) => `${plainName(one.name)} ${percent(one.value)}`).join(" · ");
    part("readout").replaceChildren(bilingual("hood.layers.readout", { layer: nameOf(layer), token, choices }));
  };
  /* A table: layers from the last at the top to the embedding, the last tokens of the text as columns. */
  const drawLens = (found) => {
    const { pieces } = seen().texts[seen().texts.length - 1];
    const words = found.positions.map((place) => shownText(pieces[place]));
    const colour = shareScale();
    const cellOf = (cell, layer, column) => {
      const [best] = cell;
      const button = create("button", { type: "button", className: "hood-lens-cell" }, create("span", { textContent: plainName(best.name), dir: "auto" }), create("span", { className: "hood-share", textContent: percent(best.value) }));
      button.style.background = css(colour(best.value));
      button.style.color = inkOn(colour(best.value));
      for (const kind of ["click", "focus", "pointerenter"]) button.addEventListener(kind, () => tell(layer, words[column], cell));
      return create("td", {}, button);
    };
    const rows = found.layers.map((row, layer) => create("tr", {}, create("th", { scope: "row", textContent: nameOf(layer) }), ...row.map((cell, column) => cellOf(cell, layer, column)))).reverse();
    const heads = words.map((word) => create("th", { scope: "col", textContent: word, dir: "auto" }));
    const table = create("table", { className: "hood-lens" }, create("thead", {}, create("tr", {}, create("td"), ...heads)), create("tbody", {}, ...rows));
    part("lens").replaceChildren(
      createFigure({ name: "logit-lens", caption: "hood.layers.caption", picture: table, rows: () => [["layer", "token", "prediction", "probability"], ...found.layers.flatMap((row, layer) => row.flatMap((cell, column) => cell.map((one) => [layer, words[column], readable(one.name), one.value])))] }),
    );
    const sheet = part("lens").querySelector(".hood-sheet");
    sheet.scrollLeft = sheet.scrollWidth; /* the prediction behind the whole text is on the right */
    const last = found.layers.length - 1;
    tell(last, words[words.length - 1], found.layers[last][words.length - 1]);
  };
  const drawSpans = (found) => {
    const names = seen().texts[0].pieces.map(shownText);
    const sides = ["starts", "ends"].map((side) => {
      const rows = found[side];
      const matrix = { shape: [rows.length, names.length], values: Float32Array.from(rows.flat()) };
      const picture = createHeatmap({ matrix, rows: rows.map((_, layer) => nameOf(layer)), columns: names, colour: shareScale(), cell: Math.max(10, Math.min(30, Math.floor((isNarrow() ? 240 : 860) / names.length))), high: 26, point: (row, column, value) => part("readout").replaceChildren(bilingual(`hood.layers.span.${side}`, { layer: nameOf(row), token: names[column], share: percent(value) })) });
      const figure = createFigure({ name: `spans-${side}`, caption: `hood.layers.${side}`, picture, rows: () => [["layer", ...names], ...rows.map((row, layer) => [layer, ...row])] });
      figure.querySelector(".hood-sheet").addEventListener("keydown", picture.onkey);
      return figure;
    });
    part("lens").replaceChildren(...sides);
    part("readout").replaceChildren();
  };

  return {
    async show() {
      if (!seen()) return;
      if (subject().task === "ask") {
        const found = await latest.of(api.span_lens(subject()));
        if (found) drawSpans(found);
      } else {
        const found = await latest.of(api.lens(subject()));
        if (found) drawLens(found);
      }
    },
  };
};
