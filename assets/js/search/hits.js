// @ts-check
/* Passages that were found, as cards. */
import { pillButton } from "../lib/button.js";
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { marked, passageSource, scoreBar } from "../lib/passage.js";

/** @typedef {import("../types").HitItem} Hit */
/** @typedef {import("../types").HitsItem} Hits */
/** @typedef {(code: string) => string} LanguageName */

export const SHOWN = 5; /* passages of each list of a comparison */

/** Whether the model was asked, and knows no word of the query.
 * @param {Hits | null} found */
export const isUnknown = (found) => Boolean(found && found.mode !== "words" && !found.understood);

/** @param {Hit[]} hits */
export const hasMarks = (hits) => hits.some((hit) => hit.pieces.some(([, marks]) => marks));

/** @param {Hit} hit @param {LanguageName} languageName */
const languageTag = (hit, languageName) => {
  const tag = create("span", { className: "hit-language", lang: hit.language, textContent: languageName(hit.language) });
  tag.classList.toggle("foreign", hit.foreign);
  if (hit.foreign) tag.append(create("span", { className: "unseen" }, " (", bilingual("search.foreign"), ")"));
  return tag;
};

/** @param {Hit} hit @param {number} rank @param {LanguageName} languageName
 * @param {HTMLElement} [comparison] what the other list has of it, in place of the scores */
const card = (hit, rank, languageName, comparison) => {
  const head = create("div", { className: "hit-head" }, create("span", { className: "rank", textContent: rank }), passageSource(hit));
  if (hit.language) head.append(languageTag(hit, languageName));
  const foot = create("div", { className: "hit-foot" });
  if (comparison) foot.append(comparison);
  else foot.append(create("span", { className: "scores" }, scoreBar("meaning", hit.meaning), scoreBar("words", hit.words)));
  const buttons = create("span", { className: "hit-acts" });
  if (!comparison) buttons.append(pillButton("more", "search.more"));
  buttons.append(pillButton("open", "search.open", { ariaHasPopup: "dialog" }));
  foot.append(buttons);
  /** @type {[string, number][]} */
  const pieces = hit.pieces.map(([text, marks]) => [text.replace(/\n{2,}/g, "\n"), marks]);
  const text = create("p", { className: "hit-text", lang: hit.language, dir: "auto" }, ...marked(pieces));
  const item = create("li", { className: "card hit" }, head, text, foot);
  item.dataset.chunk = hit.chunk;
  return item;
};

/** What the other list has of a passage. A list that is shorter than it may be holds all that was found.
 * @param {number} rank its place there from 1; 0 if it is not there
 * @param {string} other `meaning` or `words` @param {number} found @param {number} among */
const comparisonKey = (rank, other, found, among) => {
  if (rank) return `search.also.${other}`;
  return found < among ? `search.absent.${other}` : `search.not.${other}`;
};

/** Draws the lists of a component.
 * @param {Element} element
 * @param {{ languageName: LanguageName, among: number }} options `among`: passages that each list of a comparison has */
export const createHitLists = (element, { languageName, among }) => {
  const part = parts(element);
  return {
    /** @param {Hit[]} hits */
    draw(hits) {
      part("hits").replaceChildren(...hits.map((hit, place) => card(hit, place + 1, languageName)));
      part("two").hidden = true;
    },
    /** Two lists; each passage tells its place in the other one.
     * @param {{ meaning: Hits | null, words: Hits | null }} lists */
    compare(lists) {
      part("hits").replaceChildren();
      part("two").hidden = false;
      for (const [side, other] of [["meaning", "words"], ["words", "meaning"]]) {
        const chunks = (lists[other]?.hits ?? []).map((hit) => hit.chunk);
        const cards = (lists[side]?.hits ?? []).slice(0, SHOWN).map((hit, place) => {
          const rank = chunks.indexOf(hit.chunk) + 1;
          const key = comparisonKey(rank, other, chunks.length, among);
          return card(hit, place + 1, languageName, create("span", { className: rank ? "note" : "note alone" }, bilingual(key, { rank, among })));
        });
        part(`hits-${side}`).replaceChildren(...cards);
        part(`none-${side}`).hidden = cards.length > 0;
      }
      part("none-meaning").replaceChildren(bilingual(isUnknown(lists.meaning) ? "search.none.unknown" : "search.side.meaning.none"));
    },
  };
};
