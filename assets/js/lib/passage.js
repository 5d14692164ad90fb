// @ts-check
/* Passages of documents: their marks, where they stand, and the dialog that shows one in its document. */
import { create, parts } from "./dom.js";
import { dismissable } from "./dialog.js";
import { bilingual } from "./i18n.js";

/* A piece of a passage has the sum of its marks. */
const WORD = 1;
const SENTENCE = 2;
const PASSAGE = 4;

/** @typedef {[string, number][]} Pieces text with its marks */

/** @param {Pieces} pieces @returns {Node[]} */
export const marked = (pieces) =>
  pieces.map(([text, marks]) => {
    if (!marks) return document.createTextNode(text);
    const piece = create(marks & (WORD | SENTENCE) ? "mark" : "span", { textContent: text });
    piece.classList.toggle("mark-word", Boolean(marks & WORD));
    piece.classList.toggle("mark-sentence", Boolean(marks & SENTENCE));
    piece.classList.toggle("mark-passage", Boolean(marks & PASSAGE));
    return piece;
  });

/** A document's name with the folders it lay in, which matter less.
 * @param {string} path */
export const documentName = (path) => {
  const place = path.lastIndexOf("/") + 1;
  const name = create("span", { className: "source-name", dir: "auto" });
  if (place) name.append(create("span", { className: "source-folder", textContent: path.slice(0, place) }));
  name.append(create("strong", { textContent: path.slice(place) }));
  return name;
};

/** The headings above a passage, without one that the passage begins with.
 * @param {{ heading: string, pieces?: Pieces }} passage */
const headingsAbove = ({ heading, pieces = [] }) => {
  const headings = heading.split(" › ");
  const text = pieces.map(([piece]) => piece).join("");
  return (text.startsWith(headings.at(-1) ?? "") ? headings.slice(0, -1) : headings).join(" › ");
};

/** Where a passage stands; a pasted text has no name.
 * @param {{ document: string, page: number | null, heading: string, pieces?: Pieces }} passage */
export const passageSource = (passage) => {
  const line = create("div", { className: "hit-source" });
  if (passage.document) line.append(documentName(passage.document));
  if (passage.page) line.append(create("span", { className: "note" }, bilingual("search.page", { page: passage.page })));
  const headings = headingsAbove(passage);
  if (headings) line.append(create("span", { className: "note hit-heading", textContent: headings, dir: "auto" }));
  return line;
};

/** A similarity as a bar. @param {string} kind `meaning` or `words` @param {number} share 0 to 1 */
export const scoreBar = (kind, share) => {
  const filling = create("span", { className: `score-fill ${kind}` });
  filling.style.width = `${Math.round(100 * Math.max(0, Math.min(1, share)))}%`;
  return create(
    "span",
    { className: "score" },
    create("span", { className: "score-name" }, bilingual(`search.score.${kind}`)),
    create("span", { className: "score-bar" }, filling),
    create("span", { className: "score-number", textContent: share.toFixed(2) }),
  );
};

/** The dialog `dialog.reading` of a component; returns the function that shows a passage in it.
 * @param {Element} element */
export const passageDialog = (element) => {
  const part = parts(element);
  const dialog = dismissable(/** @type {HTMLDialogElement} */ (element.querySelector("dialog.reading")));
  /** @param {import("../types").PassageContext} found */
  return (found) => {
    part("reading-title").replaceChildren(documentName(found.document));
    const place = part("reading-place");
    place.replaceChildren();
    if (found.page) place.append(bilingual("search.page", { page: found.page }), " ");
    place.append(found.heading);
    const text = part("reading-text");
    text.lang = found.language;
    text.replaceChildren(...marked(/** @type {Pieces} */ (found.pieces)));
    part("reading-part").hidden = found.whole;
    part("reading-legend").hidden = !text.querySelector("mark");
    dialog.showModal();
    text.focus({ preventScroll: true });
    text.scrollTop = 0;
    const mark = text.querySelector(".mark-sentence") ?? text.querySelector(".mark-passage");
    if (mark) text.scrollTop = mark.offsetTop - text.offsetTop - text.clientHeight / 3;
  };
};
