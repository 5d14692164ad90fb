// @ts-check
/* Questions people ask, with figures that this machine measures when the step is opened. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, currentTag, text } from "../lib/i18n.js";
import { createFigure } from "./figure.js";
import { numberWords } from "../lib/number_words.js";
import { drawPronouns } from "./pronouns.js";

const MEGA = 1e6;

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server }) => {
  const api = /** @type {import("../types").QuestionsServer} */ (client(server));
  const part = parts(element);
  const line = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ values) => create("p", {}, bilingual(key, values));

  const tell = (/** @type {import("../types").MachineFiguresResponse} */ found) => {
    const sizes = found.models.map((one) => one.parameters);
    const loaded = found.models.filter((one) => one.loaded);
    const megabytes = loaded.reduce((sum, one) => sum + one.bytes, 0) / MEGA;
    part("question-compute").replaceChildren(line("hood.questions.compute.figure", { model: found.writer, parameters: numberWords(found.parameters), speed: (/** @type {string} */ tag) => (found.multiply_adds / (tag.startsWith("zh") ? 1e8 : 1e9)).toFixed(0), tokens: found.tokens_per_second.toFixed(0) }));
    part("question-size").replaceChildren(
      line("hood.questions.size.figure", { loaded: loaded.length, megabytes: megabytes.toFixed(0), largest: numberWords(Math.max(...sizes)), smallest: numberWords(Math.min(...sizes)), tokens: found.tokens_per_second.toFixed(0) }),
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
