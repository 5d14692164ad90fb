// @ts-check
/* One sentence up close: which words the model looked at, and other ways to say it. */
import { RequestError } from "../lib/client.js";
import { create, reveal } from "../lib/dom.js";
import { percentOf } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { entryRow } from "./dictionary.js";
import { doubtsIn } from "./doubts.js";
import { lookLevel } from "./highlights.js";
import { sourceOf } from "./run.js";

/** @typedef {import("./run.js").Link} Link */
/** @typedef {import("./run.js").Pair} Pair */
/** @typedef {import("../types").AlternativeItem} Alternative */

const ENTRIES = 2; /* readings of a word that is pointed at */
const TOLD = 3; /* words that a screen reader is told of */

/** A text cut at the edges of its words; what lies between them stays text.
 * @param {string} text @param {[number, number][]} edges @param {(word: string, start: number) => Node} make */
const cutWords = (text, edges, make) => {
  /** @type {(string | Node)[]} */
  const pieces = [];
  let end = 0;
  for (const [start, stop] of edges) {
    if (start < end) continue;
    pieces.push(text.slice(end, start), make(text.slice(start, stop), start));
    end = stop;
  }
  return [...pieces, text.slice(end)];
};

/** The words of a side in their order. @param {Link[]} links @param {0 | 2} side @returns {[number, number][]} */
const edgesOf = (links, side) => {
  const edges = new Map(links.map((link) => [link[side], link[side + 1]]));
  return [...edges].sort(([a], [b]) => a - b);
};

/** @param {string} tag @param {Record<string, any>} properties @param {string} text @param {number} start */
const word = (tag, properties, text, start) => {
  const one = create(tag, { ...properties, textContent: text });
  one.dataset.start = start;
  return one;
};

/** @param {object} parts
 * @param {import("./pane.js").Pane} parts.pane @param {import("./result.js").Result} parts.result
 * @param {import("./alignment.js").Alignment} parts.alignment @param {import("./dictionary.js").Dictionary} parts.dictionary */
export const createSentenceView = ({ pane, result, alignment, dictionary }) => {
  const { part, output, api, status } = pane;
  const notice = noticeIn(part("sentence-problem"));
  /** @type {Link[]} those of the sentence that is open */
  let shown = [];
  /** @type {Alternative[]} as they are listed */
  let others = [];
  let opening = 0; /* counts what was opened, so that a late answer is not shown */
  let pointed = 0; /* counts the words that were pointed at */

  /** @param {boolean} focus whether the focus goes back to the sentence */
  const close = (focus) => {
    const was = pane.opened;
    pane.opened = null;
    part("sentence").hidden = true;
    output.querySelector(".said.picked")?.classList.remove("picked");
    alignment.light(null);
    if (focus && was !== null) pane.spanOf(was)?.focus();
  };

  /** @param {number} start */
  const shade = (start) => {
    for (const one of part("looked").querySelectorAll(".looked")) {
      const link = shown.find((other) => other[2] === start && other[0] === Number(one.dataset.start));
      const level = link ? lookLevel(link[4]) : -1;
      one.className = level < 0 ? "looked" : `looked look-${level}`;
      one.title = link && level >= 0 ? percentOf(link[4]) : "";
    }
  };
  /* What the dictionary says of the word, beneath, where it covers nothing. */
  /** @param {string} text @param {number} start */
  const showEntry = async (text, start) => {
    pointed += 1;
    const asked = pointed;
    const { entries } = await dictionary.lookUp(text, start);
    if (asked !== pointed) return;
    part("piece").hidden = !entries.length;
    part("piece").querySelector("ol").replaceChildren(...entries.slice(0, ENTRIES).map(entryRow));
  };
  /** @param {number} start @param {string} text */
  const tellLooked = (start, text) => {
    const looked = shown.filter((link) => link[2] === start && lookLevel(link[4]) >= 0);
    const most = looked.sort((a, b) => b[4] - a[4]).slice(0, TOLD);
    const source = part("looked").textContent;
    const words = most.map((link) => `${source.slice(link[0], link[1])} ${percentOf(link[4])}`).join(", ");
    status.say("translate.status.looked", { word: text, words });
  };
  /** @param {Event} event */
  const showPiece = (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".word-piece"));
    if (!button || !pane.run || pane.opened === null) return;
    const start = Number(button.dataset.start);
    shade(start);
    showEntry(pane.run.pairs[pane.opened].text, start);
    if (event.type === "focusin") tellLooked(start, button.textContent ?? "");
  };
  for (const kind of ["pointerover", "focusin"]) part("words").addEventListener(kind, showPiece);

  /** @param {import("./run.js").Run} run @param {Pair} pair @param {Link[]} links */
  const drawWords = (run, pair, links) => {
    part("looked").lang = run.route?.[0] ?? "";
    part("words").lang = run.target;
    const looked = cutWords(sourceOf(run, pair), edgesOf(links, 0), (text, start) => word("span", { className: "looked" }, text, start));
    const pieces = cutWords(pair.text, edgesOf(links, 2), (text, start) =>
      word("button", { type: "button", className: "word-piece" }, text, start),
    );
    part("looked").replaceChildren(...looked);
    part("words").replaceChildren(...pieces);
    part("attention").hidden = !links.length;
    part("limit").hidden = true;
    part("piece").hidden = true;
    shown = links;
  };

  /** Why the words of a side are not shown, or not all. @param {string} limit */
  const showLimit = (limit) => {
    part("limit").replaceChildren(bilingual(`translate.limit.${limit}`));
    part("limit").hidden = false;
  };

  /** @param {Alternative} one @param {number} place @param {string} current @param {string} language */
  const alternativeRow = (one, place, current, language) => {
    const text = create("span", { className: "choice-word", dir: "auto", lang: language, textContent: one.text });
    const bar = create("span", { className: "bar", ariaHidden: "true" }, create("span"));
    bar.firstChild.style.width = `${Math.max(1, 100 * one.share)}%`;
    const share = create("span", { className: "share", textContent: percentOf(one.share) });
    const button = create("button", { type: "button", className: "choice" }, text, bar, share);
    Object.assign(button.dataset, { place, text: one.text });
    if (one.text === current) {
      button.setAttribute("aria-current", "true");
      text.append(create("span", { className: "unseen" }, bilingual("translate.other.current")));
    }
    return create("li", {}, button);
  };
  /** Other ways to say a sentence; a failure is told.
   * @param {import("./run.js").Run} run @param {Pair} pair @returns {Promise<{ found: Alternative[], error?: RequestError }>} */
  const alternativesOf = async (run, pair) => {
    const [source = "", target = ""] = run.route ?? [];
    try {
      return await api.alternatives({ source, target, model: run.model, text: sourceOf(run, pair) });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { found: [], error };
    }
  };
  /** @param {import("./run.js").Run} run @param {Pair} pair @param {number} opened */
  const drawAlternatives = async (run, pair, opened) => {
    const list = part("others");
    notice.clear();
    list.replaceChildren(create("li", { className: "note" }, bilingual("translate.other.waiting")));
    const { found, error } = await alternativesOf(run, pair);
    if (opened !== opening) return;
    if (error) notice.show(error);
    if (!found.some((one) => one.text === pair.text) && typeof pair.score === "number") {
      found.push({ text: pair.text, share: Math.exp(pair.score), doubts: pair.doubts });
      found.sort((a, b) => b.share - a.share);
    }
    others = found;
    list.replaceChildren(...found.map((one, place) => alternativeRow(one, place, pair.text, run.target)));
    part("others-none").hidden = found.length > 1;
  };

  /** @param {number} index @param {boolean} keyboard whether it was opened by a key */
  const open = async (index, keyboard) => {
    const { run } = pane;
    const pair = run?.pairs[index];
    if (!run?.route || !pair) return;
    close(false);
    dictionary.close();
    pane.opened = index;
    opening += 1;
    const opened = opening;
    pane.spanOf(index)?.classList.add("picked");
    alignment.light(index);
    part("unsure").hidden = !pair.unsure;
    part("doubts").hidden = !pair.doubts.length;
    part("doubts").replaceChildren(bilingual("translate.doubts", { doubts: doubtsIn(pair.doubts) }));
    part("missed").hidden = !pair.missed.length;
    part("missed").replaceChildren(bilingual("translate.missed", { terms: pair.missed.join(", ") }));
    drawWords(run, pair, []);
    part("sentence").hidden = false;
    if (keyboard) part("sentence-title").focus();
    else reveal("#translate [data-part=sentence]");
    const { links, limit } = await alignment.alignmentOf(index);
    if (opened === opening && links.length) drawWords(run, pair, links);
    if (opened === opening && limit) showLimit(limit);
    if (opened === opening) await drawAlternatives(run, pair, opened);
  };

  /** Say the open sentence in another way. @param {number} place of the alternative in the list */
  const replace = (place) => {
    const pair = pane.opened === null ? undefined : pane.run?.pairs[pane.opened];
    const { text, share, doubts } = others[place];
    if (!pair || pane.opened === null || text === pair.text) return;
    Object.assign(pair, { text, doubts, score: Math.log(share), looks: undefined, unsure: false, replaced: true });
    const span = /** @type {HTMLElement} */ (pane.spanOf(pane.opened));
    span.textContent = text;
    result.mark(span, pair);
    result.paintTerms();
    result.showState();
    status.say("translate.status.replaced");
    close(true);
  };

  return { open, close, replace };
};

/** @typedef {ReturnType<typeof createSentenceView>} SentenceView */
