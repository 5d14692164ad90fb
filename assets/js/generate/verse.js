// @ts-check
/* The tones and rhymes of a poem: a mark below each character, and a note that says the same in words. */
import { create } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { kindsOf } from "./tones.js";

/** @typedef {import("../types").VerseItem} Verse */

const HAN = /^\p{Script=Han}$/u;

/** Put the marks on the characters. @param {Element} written @param {Verse} verse */
export const markTones = (written, verse) => {
  const characters = [...written.querySelectorAll(".token")].filter((token) => HAN.test(token.textContent ?? ""));
  const kinds = kindsOf(verse);
  if (characters.length !== kinds.length) return;
  characters.forEach((token, place) => {
    /** @type {HTMLElement} */ (token).dataset.tone = kinds[place].kind;
    token.classList.toggle("off", kinds[place].off);
  });
  written.classList.add("toned");
};

/** What the marks mean, the rhyme, and for a screen reader the tones of each line. @param {Verse} verse
 * @param {string} text of the poem */
export const verseNote = (verse, text) => {
  const lines = text.match(/\p{Script=Han}+/gu) ?? [];
  const rhyming = lines.filter((_, line) => verse.lines[line]?.rhymes).map((line) => Array.from(line).at(-1));
  const ends = rhyming.join("、");
  const key = (kind) => create("span", { className: "tone-key" }, create("span", { className: "mark", ariaHidden: "true" }), bilingual(`verse.${kind}`));
  const marks = ["level", "oblique"].map((kind) => {
    const entry = key(kind);
    entry.dataset.tone = kind;
    return entry;
  });
  const rhyme = create("span", { className: "tone-key" }, create("span", { className: "mark", ariaHidden: "true" }));
  rhyme.dataset.tone = "rhyme";
  rhyme.append(verse.rhyme ? bilingual("verse.rhymes", { name: verse.rhyme, characters: ends }) : bilingual("verse.no_rhyme"));
  const list = create("ol", { className: "unseen" });
  verse.lines.forEach(({ tones }, line) => {
    const words = tones.map((tone) => ({ level: "平", oblique: "仄" })[tone ?? ""] ?? "？").join("");
    list.append(create("li", {}, bilingual("verse.line", { text: lines[line] ?? "", tones: words })));
  });
  return create("div", { className: "verse-note note" }, create("p", {}, create("strong", { lang: "zh", textContent: verse.form }), ...marks, rhyme), create("p", {}, bilingual("result.compared")), list);
};
