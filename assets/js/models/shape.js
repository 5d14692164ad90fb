// @ts-check
/* Shapes of decoders, as the sliders of the calculator choose them. */

const billion = 1e9;

/** What each slider can be set to. */
export const CHOICES = {
  parameters: [0.01, 0.03, 0.1, 0.135, 0.36, 0.5, 0.6, 1, 1.5, 1.7, 3, 4, 7, 8, 14, 32, 70].map((one) => Math.round(one * billion)),
  layers: [2, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 64, 80, 96],
  heads: [1, 2, 3, 4, 5, 8, 16, 32, 64],
  context: [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072],
  people: [1, 2, 4, 8, 16, 32, 64, 128],
};

/** @typedef {keyof typeof CHOICES} Slider */
/** @typedef {Record<Slider, number>} Chosen */

/** Where the sliders begin: the shape of Qwen2.5-1.5B. @type {Chosen} */
export const FIRST = { parameters: 1.5 * billion, layers: 28, heads: 2, context: 4096, people: 1 };

const HEAD_SIZE = 128;
const PER_LAYER = 12; /* parameters of a layer, in squares of its width: 4 for attention, 8 for the MLP */
const VOCABULARY = 128_000;

/** The width that a decoder of so many parameters and layers has, in whole heads.
 * @param {number} parameters @param {number} layers */
export const widthOf = (parameters, layers) => Math.max(1, Math.round(Math.sqrt(parameters / (PER_LAYER * layers)) / HEAD_SIZE)) * HEAD_SIZE;

/** The request for an estimate. @param {Chosen} chosen @param {import("../types").CalculatorRequest["precision"]} precision @returns {import("../types").CalculatorRequest} */
export const requestOf = (chosen, precision) => ({
  ...chosen,
  precision,
  width: widthOf(chosen.parameters, chosen.layers),
  head_size: HEAD_SIZE,
  vocabulary: VOCABULARY,
});
