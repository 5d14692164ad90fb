/* The text itself: a span for each token, drawn once and added to, never drawn anew while it grows. */
const text = part("text");
const LONGEST_ASKED = 600;
const SPACED = /[^\S\n]{2}|\t|\n[^\S\n]/; /* blanks that mean something, as in code */
let colours = true;

const ending = (whole) => {
  const letters = Array.from(whole);
  return letters.length <= LONGEST_ASKED ? whole : `… ${letters.slice(-LONGEST_ASKED).join("")}`;
};
const tokenSpan = (token, index) => {
  const [, words, logprob] = token;
  const span = made("span", { className: `token ${levelOf(logprob)}`, textContent: words });
  span.dataset.i = index;
  span.dataset.p = percent(logprob);
  return span;
};
/* Whoever reads along at the end of a text that grows stays there; who scrolls away is left alone. */
const GROWN = 150; /* milliseconds since the page last moved, after which it was the text that moved on */
let moved = 0;
document.addEventListener("scroll", () => (moved = performance.now()), { passive: true });
const follower = new IntersectionObserver(([caret]) => {
  const below = caret.boundingClientRect.bottom - window.innerHeight;
  if (caret.isIntersecting || below <= 0 || performance.now() - moved < GROWN) return;
  if (caret.target.closest(".writing")) window.scrollBy(0, below + window.innerHeight / 4);
});
/* The tokens that spell one character together show it in one place; the last of them stands for all. */
const grow = (version) => {
  const came = text.querySelector(".came");
  const fresh = document.createDocumentFragment();
  for (; version.drawn < version.tokens.length; version.drawn += 1) {
    const token = version.tokens[version.drawn];
    if (token[1]) fresh.append(tokenSpan(token, version.drawn));
    if (SPACED.test(token[1])) came.parentElement.classList.add("spaced");
  }
  came.append(fresh);
};
const drawSource = (version) => {
  const source = made("div", { className: "source", dir: "auto", tabIndex: 0 });
  source.setAttribute("role", "group");
  source.setAttribute("aria-label", plain("result.source"));
  const letters = Array.from(version.text);
  let place = 0;
  for (const [start, end] of version.quotes) {
    source.append(letters.slice(place, start).join(""), made("mark", { textContent: letters.slice(start, end).join("") }));
    place = end;
  }
  source.append(letters.slice(place).join(""));
  const quotes = version.quotes.map(([start, end]) => made("li", { dir: "auto", textContent: letters.slice(start, end).join("") }));
  return [
    made("p", { className: "note quoting" }, bilingual("result.quotes")),
    made("ol", { className: "quotes came" }, ...quotes),
    made("h4", { className: "card-title" }, bilingual("result.source")),
    source,
  ];
};
const drawn = (version) => {
  if (version.quotes) return drawSource(version);
  const came = made("span", { className: "came", textContent: version.plain });
  const asked = made("span", { className: "asked", dir: "auto", textContent: ending(version.text) });
  const written = made("div", { className: "written", dir: "auto" });
  written.classList.toggle("spaced", SPACED.test(version.plain));
  if (!version.answers) written.append(asked);
  written.append(came, made("span", { className: "caret", ariaHidden: "true" }));
  if (!version.answers) return [written];
  const kind = made("span", { className: "kind" }, bilingual(`preset.${version.preset}`));
  const about = [version.form, version.theme].filter(Boolean).join(" · ");
  const topic = made("p", { className: "topic" }, kind, about ? ` ${about} ` : " ", asked);
  return [topic, written];
};
const draw = (version) => {
  version.drawn = 0;
  text.replaceChildren(
    ...drawn(version),
    made("dl", { className: "figures" }),
    made("p", { className: "made-by" }),
  );
  follower.disconnect();
  if (!version.quotes) {
    grow(version);
    follower.observe(text.querySelector(".caret"));
  }
  drawFigures(version);
};
const showColours = () => {
  element.classList.toggle("coloured", colours);
  const button = element.querySelector("[data-act=colours]");
  button.setAttribute("aria-pressed", String(colours));
  const first = text.querySelector(".token");
  for (const token of text.querySelectorAll(".token[tabindex]")) leave(token);
  if (colours && first) reach(first);
};
/* One token at a time can be reached with Tab; the arrows go on from it. To a screen reader the text is
 * running text, and only the token that is reached is a button. */
const leave = (token) => {
  token.removeAttribute("tabindex");
  token.removeAttribute("role");
  token.removeAttribute("aria-label");
};
const reach = (token) => {
  for (const other of text.querySelectorAll(".token[tabindex]")) leave(other);
  token.tabIndex = 0;
  token.setAttribute("role", "button");
  const level = [...token.classList].find((name) => props.levels.some(([known]) => known === name));
  token.setAttribute("aria-label", plain("token.said", { token: visible(token.textContent), percent: token.dataset.p, level: (language) => TEXTS[language][`certainty.${level}`] }));
};
