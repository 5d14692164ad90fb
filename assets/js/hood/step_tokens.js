// @ts-check
/* Tokens: the text in coloured pieces with their ids, and what the same sentence costs in two languages. */
import { client, RequestError } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { text } from "../lib/i18n.js";
import { createFigure } from "./figure.js";
import { chip, readable } from "./pieces.js";
import { draw, drawing, label } from "./svg.js";

const PAIR = ["en", "zh"];

/** Characters of a token on average.
 * @param {{ characters: number, tokens: number }} count */
export const perToken = ({ characters, tokens }) => (tokens ? characters / tokens : 0);

/** Two bars, one a language.
 * @param {{ language: string, characters: number, tokens: number }[]} counts */
const drawBars = (counts) => {
  const most = Math.max(1, ...counts.map((one) => one.tokens));
  const rows = counts.map((one, place) => {
    const width = (one.tokens / most) * 250;
    return draw(
      "g",
      { transform: `translate(0 ${place * 46})` },
      label(text(`hood.language.${one.language}`), { x: 0, y: 14, class: "hood-text" }),
      draw("rect", { x: 0, y: 20, width, height: 16, rx: 4, class: `fill-${place}` }),
      label(text("hood.tokens.count", { tokens: one.tokens, each: perToken(one).toFixed(2) }), { x: width + 8, y: 33, class: "hood-number-text" }),
    );
  });
  return drawing(460, 92, ...rows);
};

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, subject, seen }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);

  const figureOf = (/** @type {import("../types").TokenisedTextItem} */ shown) => {
    const list = create("ol", { className: "hood-chips" }, ...shown.pieces.map((piece, index) => create("li", {}, chip(piece, index))));
    return createFigure({
      name: `tokens-${shown.part}`,
      caption: `hood.tokens.caption.${shown.part}`,
      values: { tokens: shown.pieces.length },
      picture: list,
      rows: () => [["place", "id", "piece", "text"], ...shown.pieces.map((one, place) => [place + 1, one.id, readable(one.name), one.text])],
    });
  };
  /* The same sentence in both languages, read by the same model. A translator gets the translation too, so that it
   * searches none; one that knows a single direction cannot read both. */
  const compare = async () => {
    const { task } = subject();
    const looks = PAIR.map(async (language) => {
      const sentence = text(`hood.pair.${language}`);
      const [other] = PAIR.filter((one) => one !== language);
      const request = /** @type {any} */ ({ task, text: sentence, passage: sentence, source: language, target: other, translation: text(`hood.pair.${other}`) });
      const { texts } = await api.look(request);
      const [first] = texts;
      const tokens = first.part === "pair" ? first.pieces.filter((one) => one.text).length / 2 : first.pieces.filter((one) => one.text || one.name === "▁").length;
      return { language, characters: [...sentence].length, tokens };
    });
    const counts = await Promise.all(looks).catch((error) => {
      if (error instanceof RequestError) return null;
      throw error;
    });
    part("comparison").hidden = !counts;
    if (!counts) return;
    const [english, chinese] = counts;
    part("compared").replaceChildren(
      create("p", { className: "hood-quote", lang: "en", textContent: text("hood.pair.en") }),
      create("p", { className: "hood-quote", lang: "zh", textContent: text("hood.pair.zh") }),
      createFigure({
        name: "tokens-languages",
        caption: "hood.tokens.compare.caption",
        values: { english: english.tokens, chinese: chinese.tokens },
        picture: drawBars(counts),
        rows: () => [["language", "characters", "tokens"], ...counts.map((one) => [one.language, one.characters, one.tokens])],
      }),
    );
  };

  return {
    async show() {
      const found = seen();
      if (!found) return;
      part("figures").replaceChildren(...found.texts.map(figureOf));
      await compare();
    },
  };
};
