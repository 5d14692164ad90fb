// @ts-check
/* One step of gradient descent on one word: the probabilities before and after it. */
import { create, parts } from "../lib/dom.js";
import { bilingual, currentTag, text } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { createFigure } from "./figure.js";
import { createLatest } from "../lib/latest.js";
import { numberWords } from "../lib/number_words.js";
import { draw, drawing, isNarrow, label } from "./svg.js";

const ROW = 40;

/** Whether a blank belongs between a text and the word behind it.
 * @param {string} context @param {string} word */
export const needsBlank = (context, word) => /[\p{Script=Latin}\p{N},;:.!?]$/u.test(context) && /^[\p{Script=Latin}\p{N}]/u.test(word);

/** A share as percent with what digits it needs.
 * @param {number} share */
const percent = (share) => (share < 0.001 ? "<0.1%" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`);

/** @param {import("../types").WordStepResponse} step */
const drawBars = (step) => {
  const [left, long, end] = isNarrow() ? [72, 130, 330] : [110, 260, 570];
  const rows = step.tokens.map((token, place) => {
    const right = place === step.chosen;
    const bar = (/** @type {number} */ share, /** @type {number} */ y, /** @type {string} */ kind) => [
      draw("rect", { x: left, y, width: Math.max(1, share * long), height: 13, rx: 3, class: kind }),
      label(percent(share), { x: left + 8 + Math.max(1, share * long), y: y + 11, class: "hood-axis" }),
    ];
    return draw(
      "g",
      { transform: `translate(0 ${20 + place * ROW})` },
      label(`${right ? "▸ " : ""}${token.text.trim() || "␣"}`, { x: left - 10, y: 20, "text-anchor": "end", class: right ? "hood-text word-right" : "hood-text" }, isNarrow() ? 8 : 12),
      ...bar(token.before, 2, "word-before"),
      ...bar(token.after, 17, right ? "word-after right" : "word-after"),
      label(token.gradient.toFixed(3).replace("-", "−"), { x: end - 10, y: 20, "text-anchor": "end", class: "hood-number-text" }),
    );
  });
  const head = [
    label(text("hood.training.word.before"), { x: left, y: 12, class: "hood-axis word-before-text" }),
    label(text("hood.training.word.after"), { x: left + 50, y: 12, class: "hood-axis word-after-text" }),
    label(isNarrow() ? "p − y" : "∂L/∂z = p − y", { x: end - 10, y: 12, "text-anchor": "end", class: "hood-axis" }),
  ];
  return drawing(end, 26 + step.tokens.length * ROW, ...head, ...rows);
};

/** @param {HTMLElement} element @param {import("../types").TrainingServer} api */
export const mountWord = (element, api) => {
  const part = parts(element);
  const notice = noticeIn(part("word-problem"));
  const latest = createLatest();
  const rate = () => 10 ** Number(part("word-rate").value);
  /** The example stands there until a visitor types something else. */
  const fields = ["context", "word"];
  const fill = () => {
    for (const name of fields) {
      const field = part(`word-${name}`);
      if (field.value === (field.dataset.example ?? "")) field.value = field.dataset.example = text(`hood.training.word.${name}.example`);
    }
  };
  const showRate = () => (part("word-rate-value").textContent = rate().toPrecision(2));
  const take = async () => {
    showRate();
    const context = part("word-context").value.trimEnd();
    const typed = part("word-word").value.trim();
    try {
      const word = needsBlank(context, typed) ? ` ${typed}` : typed;
      const step = await latest.of(api.take_word_step({ context, word, rate: rate() }));
      if (!step) return;
      notice.clear();
      const right = step.tokens[step.chosen];
      const values = {
        word: step.target.trim(),
        model: step.model,
        before: percent(right.before),
        after: percent(right.after),
        loss: step.loss_before.toFixed(2),
        left: Math.max(0, step.loss_after).toFixed(2),
        rate: rate().toPrecision(2),
        parameters: numberWords(step.parameters),
      };
      part("word-result").replaceChildren(create("span", {}, bilingual("hood.training.word.result", values)), step.target.trim() === typed ? "" : bilingual("hood.training.word.piece", values));
      const rows = () => [["token", "before", "after", "gradient"], ...step.tokens.map((one) => [one.text, one.before, one.after, one.gradient])];
      part("word-figure").replaceChildren(createFigure({ name: "gradient-step", caption: "hood.training.word.caption", values, alt: "hood.training.word.result", altValues: values, picture: drawBars(step), rows }));
    } catch (error) {
      notice.show(error);
    }
  };
  part("word-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    take();
  });
  part("word-rate").addEventListener("input", showRate);
  part("word-rate").addEventListener("change", take); /* a step costs a pass through the writer: once a drag */

  let tag = "";
  return {
    /** Show the example, or what was typed, when the step is opened or the language is another. */
    show() {
      if (tag === currentTag()) return undefined;
      tag = currentTag();
      fill();
      return take();
    },
  };
};
