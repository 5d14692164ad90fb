// @ts-check
/* The documents of a collection as rows of a list. */
import { confirmButton, pillButton } from "../lib/button.js";
import { create } from "../lib/dom.js";
import { fileSize } from "../lib/figures.js";
import { bilingual, LANGUAGE_TAGS } from "../lib/i18n.js";

/** @typedef {import("../types").DocumentItem} DocumentItem */

/** @param {string} moment ISO 8601 */
const day = (moment) => {
  const time = create("time", { dateTime: moment });
  for (const tag of LANGUAGE_TAGS) {
    const shown = new Date(moment).toLocaleDateString(tag, { year: "numeric", month: "short", day: "numeric" });
    time.append(create("span", { className: "word", lang: tag, textContent: shown }));
  }
  return time;
};

/** @param {DocumentItem} document_ @param {Record<string, string>} names of languages */
const facts = ({ bytes, language, state, chunks, pages, created }, names) => {
  /** @type {(string | Node)[]} */
  const all = [fileSize(bytes)];
  if (language) all.push(names[language] ?? language);
  if (state === "done") all.push(bilingual(chunks === 1 ? "library.chunks.one" : "library.chunks", { chunks }));
  if (pages) all.push(bilingual(pages === 1 ? "library.pages.one" : "library.pages", { pages }));
  all.push(day(created));
  return create("span", { className: "note document-facts" }, ...all.map((one) => create("span", {}, one)));
};

/** @param {DocumentItem} item @param {{ names: Record<string, string>, editable: boolean }} options */
export const documentRow = (item, { names, editable }) => {
  const name = create("span", { className: "document-name", textContent: item.name, dir: "auto" });
  const row = create("li", { className: `document-row ${item.state}` }, name, facts(item, names));
  row.dataset.id = item.id;
  row.dataset.name = item.name;
  if (item.state === "waiting") row.append(create("span", { className: "note" }, bilingual("library.waiting")));
  if (item.state === "failed") row.append(create("p", { className: "reason", innerHTML: item.reason })); /* escaped by the server */
  /* What of it could not be read; escaped by the server. */
  row.append(...item.notices.map((one) => create("p", { className: "note document-notice", innerHTML: one })));
  if (editable) {
    const buttons = create("span", { className: "document-acts" });
    if (item.state === "failed") buttons.append(pillButton("retry", "library.retry"));
    buttons.append(pillButton("rename", "library.rename"), confirmButton("remove", "library.remove", "library.remove.sure"));
    row.append(buttons);
  }
  return row;
};
