// @ts-check
/* Questions people ask, with figures that this machine measures when the step is opened. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, currentTag, text } from "../lib/i18n.js";
import { createFigure } from "./figure.js";
import { draw, drawing, label } from "./svg.js";

const MEGA = 1e6;

/** "He" and "she" behind texts about persons, as shares of both together.
 * @param {import("../types").PronounItem[]} pronouns */
const drawPronouns = (pronouns) => {
  const rows = pronouns.map(({ person, he, she }, place) => {
    const share = he / (he + she);
    const y = 24 + place * 30;
    return draw(
      "g",
      {},
      label(text(`hood.questions.person.${person}`), { x: 92, y: y + 15, "text-anchor": "end", class: "hood-text" }),
      draw("rect", { x: 104, y, width: share * 300, height: 20, class: "pronoun-he" }),
      draw("rect", { x: 106 + share * 300, y, width: (1 - share) * 300, height: 20, class: "pronoun-she" }),
      label(`${Math.round(100 * share)}%`, { x: 420, y: y + 15, class: "hood-number-text" }),
    );
  });
  const head = [label("he", { x: 104, y: 14, class: "hood-axis pronoun-he" }), label("she", { x: 404, y: 14, "text-anchor": "end", class: "hood-axis pronoun-she" })];
  return drawing(470, 30 + pronouns.length * 30, ...head, ...rows);
};

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server }) => {
  const api = /** @type {import("../types").QuestionsServer} */ (client(server));
  const part = parts(element);
  const line = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ values) => create("p", {}, bilingual(key, values));

  const tell = (/** @type {import("../types").MachineFiguresResponse} */ found) => {
    const millions = (found.parameters / MEGA).toFixed(1);
    const loaded = found.models.filter((one) => one.loaded);
    const megabytes = loaded.reduce((sum, one) => sum + one.bytes, 0) / MEGA;
    part("question-compute").replaceChildren(line("hood.questions.compute.figure", { model: found.writer, millions, speed: (/** @type {string} */ tag) => (found.multiply_adds / (tag.startsWith("zh") ? 1e8 : 1e9)).toFixed(0), tokens: found.tokens_per_second.toFixed(0) }));
    part("question-size").replaceChildren(
      line("hood.questions.size.figure", { loaded: loaded.length, megabytes: megabytes.toFixed(0), largest: (Math.max(...found.models.map((one) => one.parameters)) / MEGA).toFixed(0), smallest: (Math.min(...found.models.map((one) => one.parameters)) / MEGA).toFixed(0), tokens: found.tokens_per_second.toFixed(0) }),
    );
    if (!found.pronouns.length) return;
    const rows = () => [["person", "text", "p(he)", "p(she)"], ...found.pronouns.map((one) => [one.person, one.context, one.he, one.she])];
    const shares = found.pronouns.map(({ person, he, she }) => `${text(`hood.questions.person.${person}`)} ${Math.round((100 * he) / (he + she))}%`).join(", ");
    part("question-bias").replaceChildren(createFigure({ name: "he-or-she", caption: "hood.questions.bias.figure", values: { model: found.writer }, alt: "hood.questions.bias.alt", altValues: { shares }, picture: drawPronouns(found.pronouns), rows }));
  };

  let tag = "";
  return {
    async show() {
      if (tag === currentTag()) return;
      tell(await api.measure_machine());
      tag = currentTag();
    },
  };
};
