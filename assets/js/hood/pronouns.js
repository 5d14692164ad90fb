// @ts-check
/* How likely "he" and "she" are behind texts about persons. */
import { text } from "../lib/i18n.js";
import { draw, drawing, label } from "./svg.js";

/** "He" and "she" behind texts about persons, as shares of both together.
 * @param {import("../types").PronounItem[]} pronouns */
export const drawPronouns = (pronouns) => {
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
