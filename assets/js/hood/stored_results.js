// @ts-check
/* Results of the bundled models that were computed before and are stored, for presentations. */
import { create } from "../lib/dom.js";
import { bilingual, currentTag, text } from "../lib/i18n.js";
import { drawCurves } from "./curve.js";
import { CURVE } from "./curve_geometry.js";
import { createFigure } from "./figure.js";
import { drawPronouns } from "./pronouns.js";
import { NEXT, PRONOUNS, TRAINING } from "./stored_figures.js";
import { draw, drawing, label } from "./svg.js";

/** The likeliest words behind a text, as bars. */
const drawNext = () =>
  drawing(
    470,
    NEXT.words.length * 34,
    ...NEXT.words.map(([word, share], place) =>
      draw(
        "g",
        { transform: `translate(0 ${place * 34})` },
        label(word, { x: 92, y: 20, "text-anchor": "end", class: "hood-text" }),
        draw("rect", { x: 104, y: 4, width: share * 560, height: 22, rx: 4, class: "pronoun-he" }),
        label(`${(100 * share).toFixed(0)}%`, { x: 112 + share * 560, y: 20, class: "hood-text" }),
      ),
    ),
  );

const training = () => TRAINING[currentTag().startsWith("zh") ? "zh" : "en"] ?? TRAINING.en;

const percent = (/** @type {number} */ share) => `${Math.round(100 * share)}%`;

/** @typedef {{ before?: Element[], picture: Element, rows: () => (string | number)[][], told: string }} StoredResult `told`: its
 *   numbers for those who do not see the picture */

/** @type {Record<string, () => StoredResult>} */
const RESULTS = {
  next: () => ({
    before: [create("p", { className: "presenter-quote", lang: "en", textContent: `${NEXT.text} …` })],
    picture: drawNext(),
    rows: () => [["word", "probability"], ...NEXT.words],
    told: NEXT.words.map(([word, share]) => `${word} ${percent(share)}`).join(", "),
  }),
  curve() {
    const stored = training();
    const svg = drawing(CURVE.width, CURVE.height);
    drawCurves(svg, { steps: stored.steps, uniform: Math.log(stored.vocabulary), training: stored.training, validation: stored.validation, smoothing: 0.5 });
    const held = new Map(stored.validation);
    return {
      picture: svg,
      rows: () => [["step", "training", "validation"], ...stored.training.map(([step, loss]) => [step, loss, held.get(step) ?? ""])],
      told: [`ln V = ${Math.log(stored.vocabulary).toFixed(2)}`, ...[stored.training, stored.validation].map((points) => points[points.length - 1][1].toFixed(2))].join(", "),
    };
  },
  samples() {
    const stored = training();
    const rows = stored.samples.map(({ step, sample }) => create("li", {}, create("span", { className: "training-step note" }, bilingual("hood.training.after", { step })), create("p", {}, create("b", { textContent: stored.prompt }), sample)));
    return {
      picture: create("ol", { className: "training-samples" }, ...rows),
      rows: () => [["step", "text"], ...stored.samples.map(({ step, sample }) => [step, stored.prompt + sample])],
      told: stored.prompt,
    };
  },
  pronouns: () => ({
    before: [create("p", { className: "presenter-quote", lang: "en", textContent: "The … was tired, so he / she" })],
    picture: drawPronouns(PRONOUNS),
    rows: () => [["person", "p(he)", "p(she)"], ...PRONOUNS.map(({ person, he, she }) => [person, he, she])],
    told: PRONOUNS.map(({ person, he, she }) => `${text(`hood.questions.person.${person}`)} ${percent(he / (he + she))}`).join(", "),
  }),
};

/** The picture of a slide, with the sentence that says when it was computed; nothing for one without a picture.
 * @param {string} name @returns {Element[]} */
export const storedResult = (name) => {
  if (!RESULTS[name]) return [];
  const { before = [], picture, rows, told } = RESULTS[name]();
  const caption = `hood.present.stored.${name}`;
  return [...before, createFigure({ name: `stored-${name}`, caption, alt: "hood.present.stored.alt", altValues: { caption: text(caption), told }, picture, rows })];
};
