/* The dictionary: readings and glosses of the word under the pointer or the caret, with Chinese on either
 * side. The card can be reached by the pointer, and Escape closes it. */
const card = part("word");
const WORD = 40; /* characters on each side that decide where a word begins and ends */
const looked = new Map();
let closing;

const closeWord = () => {
  clearTimeout(closing);
  card.hidden = true;
};
const closeWordSoon = () => {
  clearTimeout(closing);
  closing = setTimeout(closeWord, 300);
};
card.addEventListener("pointerenter", () => clearTimeout(closing));
card.addEventListener("pointerleave", closeWordSoon);
const withChinese = () => [from(), chosen.target].includes("zh");
const holdsWord = (text, unit) => /[\p{Script=Han}A-Za-z]/u.test(text.slice(Math.max(0, unit - 1), unit + 2));

const entryOf = (entry) => {
  const head = made("p", { className: "word-head" }, made("strong", { lang: "zh", textContent: entry.word }));
  if (entry.traditional) head.append(made("span", { className: "traditional", lang: "zh-Hant", textContent: entry.traditional }));
  head.append(made("span", { className: "pinyin", lang: "zh-Latn", textContent: entry.pinyin }));
  const glosses = made("p", { className: "glosses", lang: "en", textContent: entry.glosses.join("; ") });
  const measures = entry.measure_words.length
    ? [made("p", { className: "note" }, bilingual("translate.measure_words", { words: entry.measure_words.join(" ") }))]
    : [];
  return made("li", {}, head, glosses, ...measures);
};
const lookUp = async (text, unit) => {
  const begin = Math.max(0, unit - WORD);
  const around = text.slice(begin, unit + WORD);
  const key = `${unit - begin} ${around}`;
  if (looked.size > 500) looked.clear();
  if (!looked.has(key)) {
    looked.set(key, server.word({ visit: llamaDemo.visit(), text: around, unit: unit - begin }).catch(() => ({ entries: [] })));
  }
  const { start, end, entries = [] } = await looked.get(key);
  return { start: (start ?? 0) + begin, end: (end ?? 0) + begin, entries };
};
/* Beneath the word, inside the panes. */
const placeCard = (box) => {
  const around = card.offsetParent.getBoundingClientRect();
  card.style.left = `${Math.max(0, Math.min(box.left - around.left, around.width - card.offsetWidth))}px`;
  card.style.top = `${box.bottom - around.top + 6}px`;
};
const showWord = (found, box) => {
  clearTimeout(closing);
  card.querySelector("ol").replaceChildren(...found.entries.map(entryOf));
  card.hidden = false;
  placeCard(box);
};
const askWord = async (at) => {
  if (!withChinese()) return closeWord();
  const text = at.side === "source" ? area.value : spanOf(at.index)?.firstChild.data;
  const unit = at.side === "source" && at.index !== null ? run.pairs[at.index].start + at.unit : at.unit;
  if (!text || !holdsWord(text, unit)) return closeWordSoon();
  const found = await lookUp(text, unit);
  if (pointed.at !== at) return undefined;
  if (!found.entries.length) return closeWordSoon();
  const range = at.side === "source" ? rangeIn(mirror, found.start, found.end) : inTarget(at.index, found.start, found.end);
  paint("translate-word", [range]);
  showWord(found, range.getBoundingClientRect());
  if (at.caret) say("translate.status.word", { word: found.entries[0].word, pinyin: found.entries[0].pinyin, glosses: found.entries[0].glosses.slice(0, 3).join("; ") });
  return undefined;
};
