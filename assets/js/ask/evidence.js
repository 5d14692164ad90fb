/* What an answer rests on: passages with the answer marked in them, and all that was looked at. */
const AROUND = { evidence: 260, retrieved: 70 }; /* characters that are shown before and after a mark */

/* A long passage from a little before its mark to a little after it; one without a mark from its beginning. */
const shortened = (pieces, around) => {
  const at = pieces.findIndex(([, marks]) => marks);
  const [before, ...kept] = at ? pieces : [["", 0], ...pieces];
  if (at < 0) return [[clipped(pieces.map(([piece]) => piece).join(""), 2 * around), 0]];
  const after = kept.length > 1 ? kept.pop() : ["", 0];
  const opening = before[0].length > around ? `…${before[0].slice(-around)}` : before[0];
  return [[opening, 0], ...kept.map(([piece, marks]) => [clipped(piece, 2 * around), marks]), [clipped(after[0], around), 0]];
};
const clipped = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);
const opener = (place, list) => {
  const button = made("button", { type: "button", className: "pill-button small", ariaHasPopup: "dialog" }, bilingual("search.open"));
  Object.assign(button.dataset, { act: "open", place, list });
  return button;
};
const head = (passage, place) =>
  made("div", { className: "hit-head" }, made("span", { className: "rank", textContent: passage.number || place + 1 }), source(passage));
const passageCard = (passage, place, list) => {
  const pieces = shortened(passage.pieces, AROUND[list]);
  const text = made("p", { className: "hit-text", dir: "auto" }, ...painted(pieces.map(([piece, marks]) => [piece.replace(/\n{2,}/g, "\n"), marks])));
  const foot = made("div", { className: "hit-foot" });
  if (passage.score) foot.append(made("span", { className: "scores" }, bar("meaning", passage.meaning), bar("words", passage.words)));
  foot.append(made("span", { className: "hit-acts" }, opener(place, list)));
  const card = made("li", { className: "card hit" }, head({ ...passage, pieces }, place), text, foot);
  card.dataset.number = passage.number || place + 1;
  return card;
};
/* Of many passages that a model was given, those that it cites; without a citation, the first ones. */
const UNCITED = 2;
const citedIn = (nodes) =>
  nodes.flatMap((node) => (typeof node === "string" ? [] : node[0] === "cite" ? [node[1].number] : citedIn(node[2])));
const shownEvidence = (answer) => {
  const places = answer.evidence.map((one, place) => [one, place]);
  if (!written(answer)) return places;
  const cited = new Set(citedIn(answer.blocks ?? []));
  return cited.size ? places.filter(([one]) => cited.has(one.number)) : places.slice(0, UNCITED);
};
const evidenceOf = (answer) => {
  const list = made("ol", { className: "hits" }, ...shownEvidence(answer).map(([one, place]) => passageCard(one, place, "evidence")));
  const title = made("h4", { className: "card-title" }, bilingual(written(answer) ? "ask.evidence.passages" : "ask.evidence"));
  return answer.evidence.length ? [title, list] : [];
};
/* Whether a question was completed from what was said before it. */
const completed = (answer) => Boolean(answer.standalone) && answer.standalone !== find(answer.parent)?.content;
/* The retrieved passages, the question as it was understood, the exact prompt. */
const wasRead = (answer) => {
  const rows = [];
  if (completed(answer)) rows.push(made("p", { className: "note" }, bilingual("ask.read.as", { question: answer.standalone })));
  if (answer.retrieved.length) {
    rows.push(made("p", { className: "note" }, bilingual(written(answer) ? "ask.read.given" : "ask.read.passages", { count: answer.retrieved.length })));
    rows.push(made("ol", { className: "hits" }, ...answer.retrieved.map((one, place) => passageCard(one, place, "retrieved"))));
  }
  if (answer.prompted) {
    const button = made("button", { type: "button", className: "pill-button small", ariaHasPopup: "dialog" }, bilingual("ask.exact.open"));
    button.dataset.act = "exact";
    rows.push(button);
  }
  if (!rows.length) return [];
  const box = made("details", { className: "was-read" }, made("summary", {}, bilingual("ask.read")), made("div", { className: "was-read-rows" }, ...rows));
  return [box];
};
