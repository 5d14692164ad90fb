// @ts-check
/* Encoder, decoder, both: the three architectures with the sizes of the loaded models. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { text } from "../lib/i18n.js";
import { familyName } from "./family_name.js";
import { createFigure } from "./figure.js";
import { createLatest } from "../lib/latest.js";
import { numberWords } from "../lib/number_words.js";
import { sampleSubject } from "./subjects.js";
import { draw, drawing, label } from "./svg.js";

const TASKS = ["generate", "translate", "ask"];
const [WIDE, HIGH, THIN, GAP] = [150, 34, 18, 14];

/** @typedef {import("../types").ArchitectureItem} Architecture */

const box = (x, y, words, kind, high = HIGH) => [draw("rect", { x, y, width: WIDE, height: high, rx: 8, class: `hood-block ${kind}` }), label(words, { x: x + WIDE / 2, y: y + high / 2 + 5, "text-anchor": "middle", class: "hood-block-text" }, 22)];
const arrow = (x, from, to) => draw("path", { d: `M${x} ${from}V${to + 5}M${x - 4} ${to + 10}L${x} ${to + 3}L${x + 4} ${to + 10}`, class: "hood-arrow" });

/** A block with its norm and the way around both, which is added to their result (the residual connection).
 * @param {number} x left edge @param {number} top @param {string[]} block words and kind
 * @param {{ norm: string, norm_place: string }} shape */
const sublayer = (x, top, [words, kind], { norm, norm_place: place }) => {
  const before = place === "pre";
  const [blockTop, normTop] = before ? [top, top + HIGH + 4] : [top + THIN + 4, top];
  const [from, to] = [top + HIGH + THIN + 9, before ? top - 5 : top + THIN + 2];
  const way = draw("path", { d: `M${x + WIDE / 2} ${from}H${x - 6}V${to}H${x + WIDE / 2}`, class: "hood-arrow" });
  const plus = label("+", { x: x - 9, y: to + 4, "text-anchor": "end", class: "hood-number-text" });
  return { parts: [way, plus, ...box(x, blockTop, words, kind), ...box(x, normTop, norm, "embedding", THIN)], middle: blockTop + HIGH / 2 };
};

/** One stack, from its input at the bottom to its output at the top.
 * @param {number} x left edge @param {number} bottom @param {object} options
 * @param {string[][]} options.blocks of a layer with their kinds, the first at the bottom
 * @param {Architecture} options.shape @param {number} options.layers @param {string} options.positions @param {string} options.input */
const stack = (x, bottom, { blocks, shape, layers, positions, input }) => {
  const parts = [];
  let y = bottom - HIGH;
  parts.push(...box(x, y, text("hood.architecture.embedding"), "embedding"), label(input, { x: x + WIDE / 2, y: bottom + 20, "text-anchor": "middle", class: "hood-number-text" }));
  parts.push(label(`+ ${positions}`, { x: x + WIDE / 2, y: y - 8, "text-anchor": "middle", class: "hood-number-text" }));
  const from = y - 22;
  const frame = { bottom: from - 8, top: 0 };
  y = from - 18;
  const middles = blocks.map((block) => {
    y -= HIGH + THIN + 4 + GAP;
    const made = sublayer(x, y + GAP, block, shape);
    parts.push(...made.parts);
    return made.middle;
  });
  frame.top = y - 2;
  parts.unshift(draw("rect", { x: x - 12, y: frame.top, width: WIDE + 24, height: frame.bottom - frame.top, rx: 12, class: "hood-layers-frame" }));
  parts.push(label(`× ${layers}`, { x: x + WIDE + 18, y: (frame.top + frame.bottom) / 2 + 5, class: "hood-times" }), arrow(x + WIDE / 2, frame.bottom + 4, frame.bottom - 10));
  return { parts, top: frame.top, x, middles };
};

/** From the top of the encoder to the cross-attention of the decoder.
 * @param {{ x: number, top: number }} encoder @param {number} right left edge of the decoder @param {number} middle */
const memoryArrow = ({ x, top }, right, middle) => {
  const [from, turn, to] = [x + WIDE / 2, right - 40, right - 3];
  return [draw("path", { d: `M${from} ${top - 30}V${top - 40}H${turn}V${middle}H${to}M${to - 7} ${middle - 4}L${to} ${middle}L${to - 7} ${middle + 4}`, class: "hood-arrow" })];
};

/** @param {Architecture} shape @returns {any} a drawing */
export const drawArchitecture = (shape) => {
  const positions = text(`hood.architecture.positions.${shape.positions}`);
  const attention = (key) => text(`hood.architecture.${key}`, { heads: shape.heads });
  const mlp = [text("hood.architecture.mlp", { activation: shape.activation, width: shape.mlp_width }), "mlp"];
  const bottom = 456;
  const pieces = [];
  let right = 30;
  let encoder = null;
  if (shape.encoder_layers) {
    encoder = stack(right, bottom, { blocks: [[attention("self"), "attention"], mlp], shape, layers: shape.encoder_layers, positions, input: text("hood.architecture.input") });
    pieces.push(...encoder.parts, label(text("hood.architecture.encoder"), { x: right + WIDE / 2, y: encoder.top - 10, "text-anchor": "middle", class: "hood-block-title" }));
    right += WIDE + 86;
  }
  if (shape.decoder_layers) {
    const cross = shape.encoder_layers ? [[attention("cross"), "cross"]] : [];
    const decoder = stack(right, bottom, { blocks: [[attention("masked"), "attention"], ...cross, mlp], shape, layers: shape.decoder_layers, positions, input: text("hood.architecture.so_far") });
    pieces.push(...decoder.parts, ...box(right, decoder.top - 52, text("hood.architecture.head", { vocabulary: shape.vocabulary }), "embedding"), arrow(right + WIDE / 2, decoder.top - 2, decoder.top - 22), label(text("hood.architecture.decoder"), { x: right + WIDE / 2, y: decoder.top - 62, "text-anchor": "middle", class: "hood-block-title" }));
    if (encoder) pieces.push(...memoryArrow(encoder, right, decoder.middles[1]));
    right += WIDE + 60;
  }
  const top = shape.decoder_layers && shape.encoder_layers ? 90 : shape.decoder_layers ? 160 : 210;
  const svg = drawing(right, bottom + 30 - top, ...pieces);
  svg.setAttribute("viewBox", `0 ${top} ${right} ${bottom + 30 - top}`);
  svg.classList.add("wide");
  return svg;
};

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, notice }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const latest = createLatest();

  const figureOf = ({ architecture: shape, family, parameters, task }) =>
    create(
      "div",
      { className: "hood-architecture" },
      createFigure({
        name: `architecture-${task}`,
        caption: `hood.architecture.caption.${shape.kind}`,
        values: { family: familyName(family), parameters: numberWords(parameters), width: shape.width, encoder: shape.encoder_layers, decoder: shape.decoder_layers, heads: shape.heads, keys: shape.key_heads },
        picture: drawArchitecture(shape),
        rows: () => [["property", "value"], ["family", family], ["parameters", parameters], ...Object.entries(shape)],
      }),
    );

  return {
    async show() {
      const found = await latest.of(Promise.allSettled(TASKS.map((task) => api.look(sampleSubject("architecture", task)))));
      if (!found) return;
      part("drawings").replaceChildren(...found.flatMap((one) => (one.status === "fulfilled" ? [figureOf(one.value)] : [])));
      const failed = found.find((one) => one.status === "rejected");
      if (failed) notice.show(failed.reason);
    },
  };
};
