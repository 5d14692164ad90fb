/* A passage of a document. Texts come in pieces, each with the sum of its marks; all of them enter as text. */
const WORD = 1;
const SENTENCE = 2;
const PASSAGE = 4;

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
/* The headings above a passage, without one that it begins with itself. */
const above = ({ heading, pieces = [] }) => {
  const headings = heading.split(" › ");
  const text = pieces.map(([piece]) => piece).join("");
  return (text.startsWith(headings.at(-1)) ? headings.slice(0, -1) : headings).join(" › ");
};
/* Where a passage stands; a pasted text has no name. */
const source = (hit) => {
  const line = made("div", { className: "hit-source" });
  if (hit.document) line.append(named(hit.document));
  if (hit.page) line.append(made("span", { className: "note" }, bilingual("search.page", { page: hit.page })));
  const headings = above(hit);
  if (headings) line.append(made("span", { className: "note hit-heading", textContent: headings, dir: "auto" }));
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
