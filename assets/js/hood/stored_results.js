// @ts-check
/* Results of the bundled models that were computed before and are stored, for presentations. */
import { create } from "../lib/dom.js";
import { bilingual, currentTag } from "../lib/i18n.js";
import { drawCurves } from "./curve.js";
import { CURVE } from "./curve_geometry.js";
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

/** @type {Record<string, () => Element[]>} */
const RESULTS = {
  next: () => [create("p", { className: "presenter-quote", lang: "en", textContent: `${NEXT.text} …` }), drawNext()],
  curve() {
    const stored = training();
    const svg = drawing(CURVE.width, CURVE.height);
    drawCurves(svg, { steps: stored.steps, uniform: Math.log(stored.vocabulary), training: stored.training, validation: stored.validation, smoothing: 0.5 });
    return [svg];
  },
  samples() {
    const stored = training();
    const rows = stored.samples.map(({ step, sample }) => create("li", {}, create("span", { className: "training-step note" }, bilingual("hood.training.after", { step })), create("p", {}, create("b", { textContent: stored.prompt }), sample)));
    return [create("ol", { className: "training-samples" }, ...rows)];
  },
  pronouns: () => [create("p", { className: "presenter-quote", lang: "en", textContent: "The … was tired, so he / she" }), drawPronouns(PRONOUNS)],
};

/** The picture of a slide, with the sentence that says when it was computed; nothing for one without a picture.
 * @param {string} name @returns {Element[]} */
export const storedResult = (name) => (RESULTS[name] ? [...RESULTS[name](), create("p", { className: "note" }, bilingual(`hood.present.stored.${name}`))] : []);
