/* Passages as cards. */
const SHOWN = 5; /* of each list of a comparison */

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
  if (!beside) acts.append(button("more", "search.more"));
  acts.append(button("open", "search.open", { ariaHasPopup: "dialog" }));
  foot.append(acts);
  const one = made("li", { className: "card hit" }, head, made("p", { className: "hit-text", lang: hit.language, dir: "auto" }, ...painted(hit.pieces.map(([text, marks]) => [text.replace(/\n{2,}/g, "\n"), marks]))), foot);
  one.dataset.chunk = hit.chunk;
  return one;
};
/* Whether the model was asked, and knows no word of the query. */
const lost = (found) => Boolean(found && found.mode !== "words" && !found.understood);
const drawHits = (hits) => {
  part("hits").replaceChildren(...hits.map((hit, place) => card(hit, place + 1)));
  part("two").hidden = true;
};
/* Whether the other list has a passage too: one that is shorter than it may be holds all that was found. */
const besideKey = (rank, other, found) => {
  if (rank) return `search.also.${other}`;
  return found < props.among ? `search.absent.${other}` : `search.not.${other}`;
};
/* Two lists; each passage tells how the other one has it. */
const drawTwo = (sides) => {
  part("hits").replaceChildren();
  part("two").hidden = false;
  for (const [side, other] of [["meaning", "words"], ["words", "meaning"]]) {
    const there = (sides[other]?.hits ?? []).map((hit) => hit.chunk);
    const cards = (sides[side]?.hits ?? []).slice(0, SHOWN).map((hit, place) => {
      const rank = there.indexOf(hit.chunk) + 1;
      const key = besideKey(rank, other, there.length);
      return card(hit, place + 1, made("span", { className: rank ? "note" : "note alone" }, bilingual(key, { rank, among: props.among })));
    });
    part(`hits-${side}`).replaceChildren(...cards);
    part(`none-${side}`).hidden = cards.length > 0;
    if (side === "meaning") part("none-meaning").replaceChildren(bilingual(lost(sides.meaning) ? "search.none.unknown" : "search.side.meaning.none"));
  }
};
const marked = (hits) => hits.some((hit) => hit.pieces.some(([, marks]) => marks));
