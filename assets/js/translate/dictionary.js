// @ts-check
/* The dictionary: readings and glosses of the word under the pointer or the caret, with Chinese on either side.
 * The card can be reached by the pointer, and Escape closes it. */
import { create } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { paint, rangeIn } from "./highlights.js";

const AROUND = 40; /* characters on each side that decide where a word begins and ends */
const KEPT = 500; /* look-ups */
const LINGERS = 300; /* milliseconds that the card stays when nothing is pointed at any more */

/** @typedef {import("../types").WordResponse} Word */
/** @typedef {{ side: string, index: number | null, unit: number, caret?: boolean }} Place a character of a sentence,
 *   or of the source between sentences */

/** @param {import("../types").DictionaryEntryItem} entry */
export const entryRow = (entry) => {
  const head = create("p", { className: "word-head" }, create("strong", { lang: "zh", textContent: entry.word }));
  if (entry.traditional) head.append(create("span", { className: "traditional", lang: "zh-Hant", textContent: entry.traditional }));
  head.append(create("span", { className: "pinyin", lang: "zh-Latn", textContent: entry.pinyin }));
  const row = create("li", {}, head, create("p", { className: "glosses", lang: "en", textContent: entry.glosses.join("; ") }));
  if (entry.measure_words.length) {
    row.append(create("p", { className: "note" }, bilingual("translate.measure_words", { words: entry.measure_words.join(" ") })));
  }
  return row;
};

/** @param {import("./pane.js").Pane} pane */
export const createDictionary = (pane) => {
  const { part, area, mirror, api, direction } = pane;
  /** @type {HTMLElement} */
  const card = part("word");
  /** @type {Map<string, Promise<Word>>} */
  const lookups = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let closing;

  const close = () => {
    clearTimeout(closing);
    card.hidden = true;
  };
  const closeSoon = () => {
    clearTimeout(closing);
    closing = setTimeout(close, LINGERS);
  };
  card.addEventListener("pointerenter", () => clearTimeout(closing));
  card.addEventListener("pointerleave", closeSoon);

  /** @param {string} text @param {number} unit */
  const worthLooking = (text, unit) =>
    [direction.from, direction.target].includes("zh") && /[\p{Script=Han}A-Za-z]/u.test(text.slice(Math.max(0, unit - 1), unit + 2));
  /** The word at a place of a text; without entries if there is none.
   * @param {string} text @param {number} unit */
  const lookUp = async (text, unit) => {
    if (!worthLooking(text, unit)) return { start: unit, end: unit, entries: [] };
    const begin = Math.max(0, unit - AROUND);
    const around = text.slice(begin, unit + AROUND);
    const key = `${unit - begin} ${around}`;
    if (lookups.size > KEPT) lookups.clear();
    const word = lookups.get(key) ?? api.word({ text: around, unit: unit - begin }).catch(() => ({ start: null, end: null, entries: [] }));
    lookups.set(key, word);
    const { start, end, entries } = await word;
    return { start: (start ?? 0) + begin, end: (end ?? 0) + begin, entries };
  };

  /* Beneath the word, inside the panes. */
  /** @param {DOMRect} box */
  const placeCard = (box) => {
    const around = /** @type {Element} */ (card.offsetParent).getBoundingClientRect();
    card.style.left = `${Math.max(0, Math.min(box.left - around.left, around.width - card.offsetWidth))}px`;
    card.style.top = `${box.bottom - around.top + 6}px`;
  };

  /** Show the card of the word at a place.
   * @param {Place} place @param {() => boolean} stillPointed whether the place still is pointed at */
  const open = async (place, stillPointed) => {
    if (![direction.from, direction.target].includes("zh")) return close();
    const { side, index } = place;
    const inSource = side === "source";
    const text = inSource ? area.value : /** @type {Text} */ (pane.spanOf(index ?? -1)?.firstChild)?.data;
    const unit = inSource && index !== null ? (pane.run?.pairs[index].start ?? 0) + place.unit : place.unit;
    const { start, end, entries } = text ? await lookUp(text, unit) : { start: 0, end: 0, entries: [] };
    if (!stillPointed()) return undefined;
    if (!entries.length) return closeSoon();
    const range = inSource ? rangeIn(mirror, start, end) : pane.inTarget(index ?? 0, start, end);
    paint("translate-word", [range]);
    clearTimeout(closing);
    /** @type {Element} */ (card.querySelector("ol")).replaceChildren(...entries.map(entryRow));
    card.hidden = false;
    placeCard(range.getBoundingClientRect());
    const [{ word, pinyin, glosses }] = entries;
    if (place.caret) pane.status.say("translate.status.word", { word, pinyin, glosses: glosses.slice(0, 3).join("; ") });
    return undefined;
  };

  return { open, close, closeSoon, lookUp, isOpen: () => !card.hidden };
};

/** @typedef {ReturnType<typeof createDictionary>} Dictionary */
