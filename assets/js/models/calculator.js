// @ts-check
/* The calculator: sliders for the shape of a model and its use, and a drawing of where the memory goes. */
import { create, parts } from "../lib/dom.js";
import { bilingual, onLanguageChange, text } from "../lib/i18n.js";
import { createLatest } from "../lib/latest.js";
import { numberWords } from "../lib/number_words.js";
import { memoryFigure } from "./memory.js";
import { CHOICES, FIRST, requestOf } from "./shape.js";

/** @typedef {import("./shape.js").Slider} Slider */
/** @typedef {import("../types").CalculatorRequest["precision"]} Precision */

/** @type {Precision[]} */
const PRECISIONS = ["float32", "bfloat16", "int8", "int4"];

/** A value as it stands beside its slider. @param {Slider} name @param {number} value */
const shown = (name, value) => (name === "parameters" ? numberWords(value) : (/** @type {string} */ tag) => value.toLocaleString(tag));

/** @param {Slider} name @param {number} first @param {(value: number) => void} changed */
const createSlider = (name, first, changed) => {
  const choices = CHOICES[name];
  const input = create("input", { type: "range", id: `models-${name}`, min: 0, max: choices.length - 1, step: 1, value: choices.indexOf(first) });
  const output = create("output", { htmlFor: input.id });
  const label = create("label", { htmlFor: input.id }, bilingual(`models.calculator.${name}`));
  const show = () => {
    const value = choices[Number(input.value)];
    output.replaceChildren(bilingual("models.name", { name: shown(name, value) }));
    input.setAttribute("aria-valuetext", text("models.name", { name: shown(name, value) }));
    input.style.setProperty("--range_progress", `${(100 * Number(input.value)) / (choices.length - 1)}%`);
  };
  input.addEventListener("input", () => {
    show();
    changed(choices[Number(input.value)]);
  });
  onLanguageChange(show);
  show();
  return create("div", { className: "models-slider" }, label, output, input);
};

/** @param {Precision} first @param {(precision: Precision) => void} changed */
const createPrecision = (first, changed) => {
  const pills = PRECISIONS.map((value) => {
    const input = create("input", { type: "radio", name: "models-precision", value, checked: value === first });
    input.addEventListener("change", () => changed(value));
    return create("label", {}, input, create("span", {}, bilingual(`models.precision.${value}`)));
  });
  const title = create("span", { id: "models-precision", className: "models-slider-title" }, bilingual("models.calculator.precision"));
  const group = create("div", { className: "segmented" }, ...pills);
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-labelledby", title.id);
  return create("div", { className: "models-slider" }, title, group);
};

/** @param {Element} element @param {import("../types").ModelsServer} api
 * @param {{ available: () => number, failed: (error: unknown) => void }} options */
export const createCalculator = (element, api, { available, failed }) => {
  const part = parts(element);
  const latest = createLatest();
  const chosen = { ...FIRST };
  let precision = /** @type {Precision} */ ("bfloat16");

  const draw = async () => {
    try {
      const found = await latest.of(api.estimate(requestOf(chosen, precision)));
      if (found) part("figure").replaceChildren(...memoryFigure(found.memory, available()));
    } catch (error) {
      failed(error);
    }
  };
  const sliders = /** @type {Slider[]} */ (Object.keys(CHOICES)).map((name) =>
    createSlider(name, chosen[name], (value) => {
      chosen[name] = value;
      draw();
    }),
  );
  const which = createPrecision(precision, (value) => {
    precision = value;
    draw();
  });
  part("sliders").replaceChildren(...sliders.slice(0, 3), which, ...sliders.slice(3));
  return { draw };
};
