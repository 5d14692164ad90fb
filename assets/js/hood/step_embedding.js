// @ts-check
/* Embedding: the tokens whose vectors are closest to a token's, and the sentences closest to a sentence. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { text } from "../lib/i18n.js";
import { drawBars } from "./bars.js";
import { createFigure } from "./figure.js";
import { createLatest } from "../lib/latest.js";
import { isMark, readable, shownText } from "./pieces.js";

const EXAMPLES = ["one", "two", "three", "four", "five", "six", "seven", "eight"];

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, subject, seen, notice }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const [latest, latestSentences] = [createLatest(), createLatest()];
  let token = 0;

  const drawTokens = (pieces) => {
    const buttons = pieces.map((piece, place) => {
      const button = create("button", { type: "button", className: "hood-query" }, create("span", { textContent: shownText(piece), dir: "auto" }));
      button.setAttribute("aria-pressed", String(place === token));
      button.addEventListener("click", () => choose(place));
      return button;
    });
    part("tokens").setAttribute("aria-label", text("hood.embedding.words"));
    part("tokens").replaceChildren(...buttons);
  };
  const choose = async (place) => {
    token = place;
    [...part("tokens").children].forEach((one, index) => one.setAttribute("aria-pressed", String(index === place)));
    try {
      const found = await latest.of(api.neighbours({ ...subject(), token }));
      if (!found) return;
      const word = shownText(seen().texts[0].pieces[place]);
      const bars = found.tokens.map(({ name, value }) => ({ name: readable(name), value, shown: value.toFixed(2) }));
      part("neighbours").replaceChildren(
        createFigure({ name: "neighbours", caption: "hood.embedding.neighbours", values: { word }, picture: drawBars(bars, { most: 1 }), rows: () => [["token", "id", "cosine"], ...found.tokens.map((one) => [readable(one.name), one.id, one.value])] }),
      );
    } catch (error) {
      notice.show(error);
    }
  };
  const compare = async () => {
    const own = part("sentence").value.trim() || text("hood.embedding.sentence");
    const others = EXAMPLES.map((one) => text(`hood.embedding.example.${one}`));
    try {
      const found = await latestSentences.of(api.sentences({ sentences: [own, ...others] }));
      if (!found) return;
      const ranked = others.map((sentence, place) => ({ sentence, cosine: found.cosines[0][place + 1] })).sort((a, b) => b.cosine - a.cosine);
      const items = ranked.map(({ sentence, cosine }) => {
        const bar = create("span", { className: "hood-similar-bar" });
        bar.style.width = `${Math.max(0, 100 * cosine)}%`;
        return create("li", {}, create("span", { textContent: sentence, dir: "auto" }), create("span", { className: "hood-similar-value", textContent: cosine.toFixed(2).replace("-", "−") }), create("span", { className: "hood-similar-rail" }, bar));
      });
      part("sentences").replaceChildren(
        createFigure({ name: "sentences", caption: "hood.embedding.similar", values: { sentence: own }, picture: create("ol", { className: "hood-similar" }, ...items), rows: () => [["sentence", "cosine"], ...ranked.map((one) => [one.sentence, one.cosine])] }),
      );
    } catch (error) {
      notice.show(error);
    }
  };
  part("sentence-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    compare();
  });

  return {
    async show() {
      const found = seen();
      if (!found) return;
      const { pieces } = found.texts[0];
      const wanted = text("hood.embedding.token").split(" ");
      const first = pieces.findIndex((piece) => wanted.includes(shownText(piece)));
      token = first >= 0 ? first : Math.max(0, pieces.findIndex((piece) => !isMark(piece)));
      part("sentence").value = text("hood.embedding.sentence");
      drawTokens(pieces);
      await Promise.all([choose(token), compare()]);
    },
  };
};
