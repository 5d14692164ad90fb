// @ts-check
/* One side of a comparison: what a model writes, translates or ranks, and what that took. */
import { create, parts } from "../lib/dom.js";
import { fileSize } from "../lib/figures.js";
import { bilingual, format } from "../lib/i18n.js";

/** @typedef {import("../types").ComparisonLine} ComparisonLine */
/** @typedef {import("../types").SideFiguresItem} SideFiguresItem */
/** @typedef {import("../types").RankedPassageItem} RankedPassageItem */
/** @typedef {"left" | "right"} SideName */

/** The side in words, by language tag. @param {SideName} side */
export const sideWords = (side) => (/** @type {string} */ tag) => format(tag, `compare.side.${side}`);

/** @param {Element} element @param {SideName} side */
export const createSide = (element, side) => {
  const part = parts(element);
  const [title, answer, facts, problem] = ["title", "answer", "facts", "problem"].map((name) => part(`${side}-${name}`));
  let text = "";
  let end = "";
  /** @type {RankedPassageItem[]} */
  let passages = [];

  /** @param {SideFiguresItem} figures */
  const showFigures = ({ tokens, tokens_per_second: speed, first_token_ms: first, seconds, memory }) => {
    const said = tokens ? [bilingual("compare.facts.tokens", { tokens, speed, first })] : [];
    said.push(bilingual("compare.facts.seconds", { seconds: seconds.toFixed(1) }));
    said.push(memory ? bilingual("compare.facts.memory", { memory: fileSize(memory) }) : bilingual("compare.facts.elsewhere"));
    if (end === "stopped") said.push(bilingual("compare.facts.stopped"));
    facts.replaceChildren(...said.flatMap((one, index) => (index ? [" · ", one] : [one])));
  };
  return {
    get text() {
      return text;
    },
    get passages() {
      return passages;
    },
    get end() {
      return end;
    },
    clear() {
      [text, end, passages] = ["", "", []];
      for (const place of [answer, facts, problem]) place.replaceChildren();
      answer.className = "compare-answer";
      title.replaceChildren(bilingual(`compare.side.${side}`));
    },
    /** @param {(tag: string) => string} name of the model */
    call: (name) => title.replaceChildren(bilingual("compare.side.named", { side: sideWords(side), name })),
    showFigures,
    /** @param {(string | Node)[]} content in place of what stands there */
    redraw: (content) => answer.replaceChildren(...content),
    /** @param {ComparisonLine} line */
    take(line) {
      if (line.added) {
        answer.append(text ? line.added : line.added.trimStart());
        text += line.added;
      }
      if (line.passages) passages = line.passages;
      if (line.warning || line.failure) problem.innerHTML = line.failure ?? line.warning; /* escaped by the server */
      if (line.end) {
        end = line.end;
        facts.replaceChildren();
        if (!text && !passages.length && end !== "failed") answer.replaceChildren(create("span", { className: "note" }, bilingual("compare.nothing")));
      } else if (line.progress) facts.replaceChildren(bilingual("compare.reading", { done: line.progress[0], total: line.progress[1] }));
      else if (line.waiting) facts.replaceChildren(bilingual("compare.waiting", { before: line.waiting }));
      if (line.figures && (line.end || line.figures.tokens)) showFigures(line.figures);
    },
  };
};

/** @typedef {ReturnType<typeof createSide>} Side */

/** A ranking, with where each passage stands in the other one.
 * @param {RankedPassageItem[]} passages @param {(number | null)[]} moves @returns {HTMLElement} */
export const rankingList = (passages, moves) =>
  create(
    "ol",
    { className: "compare-ranking" },
    ...passages.map(({ document, page, text }, place) =>
      create(
        "li",
        {},
        create("p", { className: "compare-passage-from" }, bilingual(page ? "compare.passage.page" : "compare.passage", { document, page })),
        create("p", { className: "compare-passage", textContent: text }),
        create("p", { className: "note compare-move" }, moveWords(moves[place], passages.length)),
      ),
    ),
  );

/** @param {number | null} move @param {number} count */
const moveWords = (move, count) => {
  if (move === null) return bilingual("compare.only", { count });
  if (!move) return bilingual("compare.equal");
  return bilingual(move > 0 ? "compare.up" : "compare.down", { places: Math.abs(move) });
};
