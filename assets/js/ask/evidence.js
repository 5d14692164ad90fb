// @ts-check
/* What an answer rests on: passages with the answer marked in them, and all that was read. */
import { create } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { seeInside } from "../lib/inside.js";
import { marked, passageSource, scoreBar } from "../lib/passage.js";
import { citedIn } from "../lib/rich_text.js";

/** @typedef {import("./tree.js").Answer} Answer */
/** @typedef {import("../types").EvidenceItem} Evidence */
/** @typedef {import("../lib/passage.js").Pieces} Pieces */
/** @typedef {"evidence" | "retrieved"} PassageList */

const AROUND = { evidence: 260, retrieved: 70 }; /* characters that are shown before and after a mark */
const UNCITED = 2; /* passages that are shown of an answer that cites none */

/** Whether a model wrote the answer, instead of a reader marking it. @param {Answer} answer */
export const isWritten = (answer) => answer.variant.answerer === "generative";

/** @param {string} text @param {number} most */
const clipped = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** A long passage from a little before its mark to a little after it; one without a mark from its beginning.
 * @param {Pieces} pieces @param {number} around @returns {Pieces} */
const shortened = (pieces, around) => {
  const at = pieces.findIndex(([, marks]) => marks);
  const [before, ...kept] = at ? pieces : /** @type {Pieces} */ ([["", 0], ...pieces]);
  if (at < 0) return [[clipped(pieces.map(([piece]) => piece).join(""), 2 * around), 0]];
  const after = kept.length > 1 ? kept.pop() : ["", 0];
  const opening = before[0].length > around ? `…${before[0].slice(-around)}` : before[0];
  return [[opening, 0], ...kept.map(([piece, marks]) => /** @type {[string, number]} */ ([clipped(piece, 2 * around), marks])), [clipped(String(after[0]), around), 0]];
};

/** @param {number} place @param {PassageList} list */
const opener = (place, list) => {
  const button = create("button", { type: "button", className: "pill-button small", ariaHasPopup: "dialog" }, bilingual("search.open"));
  Object.assign(button.dataset, { act: "open", place, list });
  return button;
};

/** @param {Evidence} passage @param {number} place @param {PassageList} list */
const passageCard = (passage, place, list) => {
  const pieces = shortened(/** @type {Pieces} */ (passage.pieces), AROUND[list]);
  const rank = create("span", { className: "rank", textContent: passage.number || place + 1 });
  const head = create("div", { className: "hit-head" }, rank, passageSource({ ...passage, pieces }));
  const lines = pieces.map(([piece, marks]) => /** @type {[string, number]} */ ([piece.replace(/\n{2,}/g, "\n"), marks]));
  const text = create("p", { className: "hit-text", dir: "auto" }, ...marked(lines));
  const foot = create("div", { className: "hit-foot" });
  if (passage.score) foot.append(create("span", { className: "scores" }, scoreBar("meaning", passage.meaning), scoreBar("words", passage.words)));
  foot.append(create("span", { className: "hit-acts" }, opener(place, list)));
  const card = create("li", { className: "card hit" }, head, text, foot);
  card.dataset.number = passage.number || place + 1;
  return card;
};

/** Opens the reader on the question and what stands around the answer.
 * @param {Answer} answer @param {Evidence} passage */
const insideButton = (answer, passage) => {
  const button = create("button", { type: "button", className: "pill-button small" }, bilingual("hood.see"));
  const pieces = shortened(/** @type {Pieces} */ (passage.pieces), AROUND.evidence);
  button.addEventListener("click", () => seeInside({ task: "ask", text: answer.standalone, passage: pieces.map(([piece]) => piece).join("") }));
  return button;
};

/** Of many passages that a model was given, those that it cites; without a citation, the first ones.
 * @param {Answer} answer @returns {[Evidence, number][]} */
const shownEvidence = (answer) => {
  const places = answer.evidence.map((one, place) => /** @type {[Evidence, number]} */ ([one, place]));
  if (!isWritten(answer)) return places;
  const cited = new Set(citedIn(/** @type {any[]} */ (answer.blocks ?? [])));
  return cited.size ? places.filter(([one]) => cited.has(one.number)) : places.slice(0, UNCITED);
};

/** The passages that an answer rests on, below a title.
 * @param {Answer} answer @returns {Node[]} */
export const drawEvidence = (answer) => {
  if (!answer.evidence.length) return [];
  const cards = shownEvidence(answer).map(([one, place]) => {
    const card = passageCard(one, place, "evidence");
    if (!isWritten(answer)) card.querySelector(".hit-acts").append(insideButton(answer, one));
    return card;
  });
  const list = create("ol", { className: "hits" }, ...cards);
  const title = create("h4", { className: "card-title" }, bilingual(isWritten(answer) ? "ask.evidence.passages" : "ask.evidence"));
  return [title, list];
};

/** What was read for an answer: the question as it was understood, the retrieved passages, the exact prompt.
 * @param {Answer} answer @param {boolean} completed whether the question was completed from what was said before
 * @returns {Node[]} */
export const drawRead = (answer, completed) => {
  const rows = [];
  if (completed) rows.push(create("p", { className: "note" }, bilingual("ask.read.as", { question: answer.standalone })));
  if (answer.retrieved.length) {
    const key = isWritten(answer) ? "ask.read.given" : "ask.read.passages";
    rows.push(create("p", { className: "note" }, bilingual(key, { count: answer.retrieved.length })));
    rows.push(create("ol", { className: "hits" }, ...answer.retrieved.map((one, place) => passageCard(one, place, "retrieved"))));
  }
  if (answer.prompted) {
    const button = create("button", { type: "button", className: "pill-button small", ariaHasPopup: "dialog" }, bilingual("ask.exact.open"));
    button.dataset.act = "exact";
    rows.push(button);
  }
  if (!rows.length) return [];
  return [create("details", { className: "was-read" }, create("summary", {}, bilingual("ask.read")), create("div", { className: "was-read-rows" }, ...rows))];
};
