/* Passages as cards. Texts come in pieces, each with the sum of its marks; all of them enter as text. */
const WORD = 1;
const SENTENCE = 2;
const PASSAGE = 4;
const SHOWN = 5; /* of each list of a comparison */

const painted = (pieces) =>
  pieces.map(([text, marks]) => {
    if (!marks) return document.createTextNode(text);
    const piece = made(marks & (WORD | SENTENCE) ? "mark" : "span", { textContent: text });
    piece.classList.toggle("mark-word", Boolean(marks & WORD));
    piece.classList.toggle("mark-sentence", Boolean(marks & SENTENCE));
    piece.classList.toggle("mark-passage", Boolean(marks & PASSAGE));
    return piece;
  });
const languageName = (code) => props.names[code] ?? code;
/* A document's name with the folders it lay in, which matter less. */
const named = (path) => {
  const place = path.lastIndexOf("/") + 1;
  const name = made("span", { className: "source-name", dir: "auto" });
  if (place) name.append(made("span", { className: "source-folder", textContent: path.slice(0, place) }));
  name.append(made("strong", { textContent: path.slice(place) }));
  return name;
};
const source = (hit) => {
  const line = made("div", { className: "hit-source" }, named(hit.document));
  if (hit.page) line.append(made("span", { className: "note" }, bilingual("search.page", { page: hit.page })));
  if (hit.heading) line.append(made("span", { className: "note hit-heading", textContent: hit.heading, dir: "auto" }));
  return line;
};
const bar = (kind, share) => {
  const filling = made("span", { className: `score-fill ${kind}` });
  filling.style.width = `${Math.round(100 * Math.max(0, Math.min(1, share)))}%`;
  return made(
    "span",
    { className: "score" },
    made("span", { className: "score-name" }, bilingual(`search.score.${kind}`)),
    made("span", { className: "score-bar" }, filling),
    made("span", { className: "score-number", textContent: share.toFixed(2) }),
  );
};
const act = (name, key, properties = {}) => {
  const button = made("button", { type: "button", className: "pill-button small", ...properties }, bilingual(key));
  button.dataset.act = name;
  return button;
};
const card = (hit, rank, beside) => {
  const head = made("div", { className: "hit-head" }, made("span", { className: "rank", textContent: rank }), source(hit));
  if (hit.language) {
    const tag = made("span", { className: "hit-language", lang: hit.language, textContent: languageName(hit.language) });
    tag.classList.toggle("foreign", hit.foreign);
    if (hit.foreign) tag.append(made("span", { className: "unseen" }, " (", bilingual("search.foreign"), ")"));
    head.append(tag);
  }
  const foot = made("div", { className: "hit-foot" });
  if (beside) foot.append(beside);
  else foot.append(made("span", { className: "scores" }, bar("meaning", hit.meaning), bar("words", hit.words)));
  const acts = made("span", { className: "hit-acts" });
  if (!beside) acts.append(act("more", "search.more"));
  acts.append(act("open", "search.open", { ariaHasPopup: "dialog" }));
  foot.append(acts);
  const one = made("li", { className: "card hit" }, head, made("p", { className: "hit-text", lang: hit.language, dir: "auto" }, ...painted(hit.pieces.map(([text, marks]) => [text.replace(/\n{2,}/g, "\n"), marks]))), foot);
  one.dataset.chunk = hit.chunk;
  return one;
};
const drawHits = (hits) => {
  part("hits").replaceChildren(...hits.map((hit, place) => card(hit, place + 1)));
  part("two").hidden = true;
};
/* Two lists; each passage tells whether the other list has it too. */
const drawTwo = (sides) => {
  part("hits").replaceChildren();
  part("two").hidden = false;
  for (const [side, other] of [["meaning", "words"], ["words", "meaning"]]) {
    const there = (sides[other]?.hits ?? []).map((hit) => hit.chunk);
    const cards = (sides[side]?.hits ?? []).slice(0, SHOWN).map((hit, place) => {
      const rank = there.indexOf(hit.chunk) + 1;
      const key = rank ? `search.also.${other}` : `search.not.${other}`;
      return card(hit, place + 1, made("span", { className: rank ? "note" : "note alone" }, bilingual(key, { rank, among: props.among })));
    });
    part(`hits-${side}`).replaceChildren(...cards);
    part(`none-${side}`).hidden = cards.length > 0;
  }
};
const marked = (hits) => hits.some((hit) => hit.pieces.some(([, marks]) => marks));
