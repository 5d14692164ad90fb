// @ts-check
/* The text of a version: a span for each token, drawn once and added to, never drawn anew while it grows. */
import { create } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { drawFigures } from "./figures.js";
import { tokenSpan } from "./tokens.js";
import { markTones, verseNote } from "./verse.js";
import { quotesOf, textOf } from "./versions.js";

/** @typedef {import("./versions.js").Version} Version */

const LONGEST_REQUEST = 600; /* characters of what was asked that are shown */
const SPACED = /[^\S\n]{2}|\t|\n[^\S\n]/; /* blanks that mean something, as in code */
const GROWN = 150; /* milliseconds since the page last moved, after which it was the text that moved on */

/** @param {string} whole */
const ending = (whole) => {
  const letters = Array.from(whole);
  return letters.length <= LONGEST_REQUEST ? whole : `… ${letters.slice(-LONGEST_REQUEST).join("")}`;
};

/** Keeps the end of a growing text in view for a reader who is there; one who scrolls away is left alone. */
const createFollower = () => {
  let moved = 0;
  document.addEventListener("scroll", () => (moved = performance.now()), { passive: true });
  return new IntersectionObserver(([caret]) => {
    const below = caret.boundingClientRect.bottom - window.innerHeight;
    if (caret.isIntersecting || below <= 0 || performance.now() - moved < GROWN) return;
    if (caret.target.closest(".writing")) window.scrollBy(0, below + window.innerHeight / 4);
  });
};

/** The sentences that were picked, and where they stand in the text. @param {Version} version */
const quoted = (version) => {
  const source = create("div", { className: "source", dir: "auto", tabIndex: 0 });
  source.setAttribute("role", "group");
  source.setAttribute("aria-label", text("result.source"));
  const letters = Array.from(version.text);
  let place = 0;
  for (const [start, end] of version.quotes ?? []) {
    source.append(letters.slice(place, start).join(""), create("mark", { textContent: letters.slice(start, end).join("") }));
    place = end;
  }
  source.append(letters.slice(place).join(""));
  return [
    create("p", { className: "note quoting" }, bilingual("result.quotes")),
    create("ol", { className: "quotes came" }, ...quotesOf(version).map((quote) => create("li", { dir: "auto", textContent: quote }))),
    create("h4", { className: "card-title" }, bilingual("result.source")),
    source,
  ];
};

/** What was asked, and the place in which the text grows. @param {Version} version */
const written = (version) => {
  const came = create("span", { className: "came", textContent: version.plain });
  const asked = create("span", { className: "asked", dir: "auto", textContent: ending(version.text) });
  const box = create("div", { className: "written", dir: "auto" });
  box.classList.toggle("spaced", SPACED.test(version.plain));
  if (!version.answers) box.append(asked);
  box.append(came, create("span", { className: "caret", ariaHidden: "true" }));
  if (!version.answers) return [box];
  const kind = create("span", { className: "kind" }, bilingual(`preset.${version.preset}`));
  const about = [version.form, version.theme].filter(Boolean).join(" · ");
  return [create("p", { className: "topic" }, kind, about ? ` ${about} ` : " ", asked), box];
};

/** @param {HTMLElement} body where the text stands
 * @param {{ levels: import("./tokens.js").Levels, main: boolean }} options */
export const createTokenText = (body, { levels, main }) => {
  const follower = createFollower();
  let drawn = 0; /* tokens */
  /* The tokens that spell one character together show it in one place; the last of them stands for all. */
  const addTokens = (/** @type {Version} */ version) => {
    const came = /** @type {Element} */ (body.querySelector(".came"));
    const added = document.createDocumentFragment();
    for (; drawn < version.tokens.length; drawn += 1) {
      const token = version.tokens[drawn];
      if (token[1]) added.append(tokenSpan(levels, token, drawn));
      if (SPACED.test(token[1])) came.parentElement?.classList.add("spaced");
    }
    came.append(added);
  };
  /* A text whose tokens are not known stands in one node. */
  const addPlain = (/** @type {Version} */ version) => {
    const came = body.querySelector(".came");
    if (came && !version.tokens.length && came.textContent !== version.plain) came.textContent = version.plain;
  };
  return {
    /** @param {Version} version */
    draw(version) {
      drawn = 0;
      body.replaceChildren(
        ...(version.quotes ? quoted(version) : written(version)),
        create("dl", { className: "figures" }),
        create("p", { className: "made-by" }),
      );
      follower.disconnect();
      if (!version.quotes) {
        addTokens(version);
        if (version.verse) {
          markTones(/** @type {Element} */ (body.querySelector(".written")), version.verse);
          body.querySelector(".figures")?.before(verseNote(version.verse, textOf(version)));
        }
        follower.observe(/** @type {Element} */ (body.querySelector(".caret")));
      }
      drawFigures(body, version, main);
    },
    /** Add what is new of the version that is drawn. @param {Version} version */
    grow(version) {
      addTokens(version);
      addPlain(version);
      drawFigures(body, version, main);
    },
    clear: () => body.replaceChildren(),
  };
};
