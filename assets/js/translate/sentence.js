/* One sentence up close: which words the model looked at, and other ways to say it. */
const close = part("sentence");
let opened = null; /* the number of the sentence */
let wanted = 0; /* counts what was asked for, so that a late answer is not shown */

const closeSentence = (focus) => {
  const was = opened;
  opened = null;
  close.hidden = true;
  pane.querySelector(".said.picked")?.classList.remove("picked");
  light(null);
  if (focus && was !== null) spanOf(was)?.focus();
};
/* A text cut at the edges of its words; what lies between them stays text. */
const cutWords = (text, edges, make) => {
  const pieces = [];
  let end = 0;
  for (const [start, stop] of edges) {
    if (start < end) continue;
    pieces.push(text.slice(end, start), make(text.slice(start, stop), start));
    end = stop;
  }
  return [...pieces, text.slice(end)];
};
const edgesOf = (links, side) => {
  const edges = new Map(links.map((link) => [link[side], link[side + 1]]));
  return [...edges].sort(([a], [b]) => a - b);
};
const shade = (links, start) => {
  for (const word of part("looked").querySelectorAll(".looked")) {
    const link = links.find((one) => one[2] === start && one[0] === Number(word.dataset.start));
    const level = link ? levelOfLook(link[4]) : -1;
    word.className = level < 0 ? "looked" : `looked look-${level}`;
    word.title = link && level >= 0 ? percentOf(link[4]) : "";
  }
};
/* What the dictionary says of the word, beneath, where it covers nothing. */
let piece = 0;
const showPieceEntry = async (text, start) => {
  piece += 1;
  const asked_ = piece;
  const found = withChinese() && holdsWord(text, start) ? await lookUp(text, start) : { entries: [] };
  if (asked_ !== piece) return;
  part("piece").hidden = !found.entries.length;
  part("piece").querySelector("ol").replaceChildren(...found.entries.slice(0, 2).map(entryOf));
};
const tellLook = (links, start, word) => {
  const best = links.filter((link) => link[2] === start && levelOfLook(link[4]) >= 0).sort((a, b) => b[4] - a[4]).slice(0, 3);
  const text = part("looked").textContent;
  say("translate.status.looked", { word, words: best.map((link) => `${text.slice(link[0], link[1])} ${percentOf(link[4])}`).join(", ") });
};
const drawWords = (pair, links) => {
  const source = run.text.slice(pair.start, pair.start + pair.length);
  part("looked").lang = run.route?.[0] ?? "";
  part("words").lang = run.target;
  part("looked").replaceChildren(...cutWords(source, edgesOf(links, 0), (text, start) => {
    const word = made("span", { className: "looked", textContent: text });
    word.dataset.start = start;
    return word;
  }));
  part("words").replaceChildren(...cutWords(pair.text, edgesOf(links, 2), (text, start) => {
    const word = made("button", { type: "button", className: "word-piece", textContent: text });
    word.dataset.start = start;
    return word;
  }));
  part("attention").hidden = !links.length;
  part("piece").hidden = true;
  shown = links;
};
let shown = []; /* the links of the sentence that is open */
const showPiece = (event) => {
  const word = event.target.closest(".word-piece");
  if (!word) return;
  shade(shown, Number(word.dataset.start));
  showPieceEntry(run.pairs[opened].text, Number(word.dataset.start));
  if (event.type === "focusin") tellLook(shown, Number(word.dataset.start), word.textContent);
};
for (const kind of ["pointerover", "focusin"]) part("words").addEventListener(kind, showPiece);
const alternativeRow = (one, current) => {
  const text = made("span", { className: "choice-word", dir: "auto", lang: run.target, textContent: one.text });
  const bar = made("span", { className: "bar", ariaHidden: "true" }, made("span"));
  bar.firstChild.style.width = `${Math.max(1, 100 * one.share)}%`;
  const button = made("button", { type: "button", className: "choice" }, text, bar, made("span", { className: "share", textContent: percentOf(one.share) }));
  button.dataset.text = one.text;
  button.dataset.share = one.share;
  if (one.text === current) {
    button.setAttribute("aria-current", "true");
    text.append(made("span", { className: "unseen" }, bilingual("translate.other.current")));
  }
  return made("li", {}, button);
};
const drawAlternatives = async (pair, asked) => {
  const list = part("others");
  list.replaceChildren(made("li", { className: "note" }, bilingual("translate.other.waiting")));
  const source = run.text.slice(pair.start, pair.start + pair.length);
  const told = await server
    .alternatives({ visit: llamaDemo.visit(), source: run.route[0], target: run.route[1], model: run.model, text: source })
    .catch(() => ({ found: [] }));
  if (asked !== wanted) return;
  const problem = part("sentence-problem");
  problem.innerHTML = told.problem ?? ""; /* made and escaped by the server */
  const found = told.found ?? [];
  if (!found.some((one) => one.text === pair.text) && pair.score !== undefined) {
    found.push({ text: pair.text, share: Math.exp(pair.score) });
    found.sort((a, b) => b.share - a.share);
  }
  list.replaceChildren(...found.map((one) => alternativeRow(one, pair.text)));
  part("others-none").hidden = found.length > 1;
};
const openSentence = async (index, keyboard) => {
  const pair = run?.pairs[index];
  if (!pair || !run.route) return;
  closeSentence(false);
  closeWord();
  opened = index;
  wanted += 1;
  const asked = wanted;
  spanOf(index).classList.add("picked");
  light(index);
  part("unsure").hidden = !pair.unsure;
  const missed = part("missed");
  missed.hidden = !pair.missed?.length;
  missed.replaceChildren(bilingual("translate.missed", { terms: (pair.missed ?? []).join(", ") }));
  drawWords(pair, []);
  close.hidden = false;
  if (keyboard) part("sentence-title").focus();
  else llamaDemo.show("#translate [data-part=sentence]");
  const links = await aligned(index);
  if (asked === wanted && links.length) drawWords(pair, links);
  if (asked === wanted) await drawAlternatives(pair, asked);
};
const replaceSentence = (text, share) => {
  const index = opened;
  const pair = run.pairs[index];
  if (index === null || text === pair.text) return;
  Object.assign(pair, { text, score: Math.log(share), links: undefined, unsure: false, replaced: true });
  const span = spanOf(index);
  span.textContent = text;
  span.classList.remove("unsure");
  paintTerms();
  showState();
  say("translate.status.replaced");
  closeSentence(true);
};
