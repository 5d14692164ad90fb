// @ts-check
/* The translation as it is drawn: once, and then added to; and what is said about it. */
import { create } from "../lib/dom.js";
import { bilingual, text as textOf } from "../lib/i18n.js";
import { doubtsIn } from "./doubts.js";
import { paint } from "./highlights.js";

const DRAWN_EVERY = 200; /* milliseconds */
const BAR_FROM = 4; /* sentences */

/** @param {import("./pane.js").Pane} pane @param {{ show: () => void }} readAloud */
export const createResult = (pane, readAloud) => {
  const { element, part, area, mirror, output, direction } = pane;

  const showTyped = () => {
    const text = area.value;
    mirror.textContent = `${text}\u200b`;
    part("hint").hidden = Boolean(text);
    const length = Array.from(text).length;
    const over = length > pane.longest;
    const values = { count: length.toLocaleString("en"), most: pane.longest.toLocaleString("en") };
    part("count").replaceChildren(bilingual(over ? "translate.count.over" : "translate.count", values));
    part("count").classList.toggle("over", over);
    part("clear").setAttribute("aria-disabled", String(!text));
  };

  /** @param {HTMLElement} span @param {import("./run.js").Pair} pair */
  const mark = (span, pair) => {
    span.classList.toggle("unsure", pair.unsure);
    span.classList.toggle("doubtful", pair.doubts.length > 0);
  };
  /** @param {import("./run.js").Pair} pair @param {number} index */
  const sentenceSpan = (pair, index) => {
    const span = create("span", { className: "said", textContent: pair.text });
    span.dataset.i = index;
    mark(span, pair);
    return span;
  };

  const paintTerms = () => {
    /** @type {Range[]} */
    const ranges = [];
    pane.run?.pairs.forEach((pair, index) => {
      for (const [a, b, c, d] of pair.terms) {
        if (pane.fits()) ranges.push(pane.inSource(index, a, b));
        if (pane.spanOf(index) && !pair.replaced) ranges.push(pane.inTarget(index, c, d));
      }
    });
    paint("translate-term", ranges);
  };

  /* One sentence at a time can be reached with Tab; the arrows go on from it. To a screen reader the translation
   * is running text, and only the sentence that is reached is a button. */
  /** @param {HTMLElement | null} span */
  const reach = (span) => {
    for (const other of output.querySelectorAll(".said[tabindex]")) {
      for (const name of ["tabindex", "role", "aria-haspopup", "aria-description"]) other.removeAttribute(name);
    }
    if (!span) return;
    span.tabIndex = 0;
    span.setAttribute("role", "button");
    const pair = pane.run?.pairs[Number(span.dataset.i)];
    const kind = pair?.doubts.length ? "doubtful" : pair?.unsure ? "unsure" : "said";
    span.setAttribute("aria-description", textOf(`translate.sentence.${kind}`, { doubts: doubtsIn(pair?.doubts ?? []) }));
  };

  /* Draw what has come since the last time. */
  const grow = () => {
    const { run } = pane;
    if (!run) return;
    clearTimeout(run.timer);
    run.timer = undefined;
    run.drawnAt = performance.now();
    const added = document.createDocumentFragment();
    for (; run.drawn < run.pairs.length; run.drawn += 1) {
      const pair = run.pairs[run.drawn];
      added.append(pair.lead, sentenceSpan(pair, run.drawn));
    }
    if (run.end && !run.complete) {
      added.append(run.tail);
      run.complete = true;
    }
    if (run.fresh) {
      output.replaceChildren();
      output.lang = run.target;
      run.fresh = false;
    }
    output.append(added);
    showState();
    paintTerms();
    if (!output.querySelector(".said[tabindex]")) reach(output.querySelector(".said"));
  };
  const draw = () => {
    const { run } = pane;
    if (!run) return;
    const wait = DRAWN_EVERY - (performance.now() - run.drawnAt);
    if (run.end || wait <= 0) grow();
    else run.timer ??= setTimeout(grow, wait);
  };

  /* The chosen language is not the one that the text looks like: said, and put right with one click. */
  const showLooks = () => {
    const { run } = pane;
    const language = run && pane.fits() && run.source === direction.source ? run.looks : "";
    part("looks").hidden = !language;
    if (!run || !language) return;
    const values = { language: direction.nameOf(language), source: direction.nameOf(run.source) };
    part("looks-say").replaceChildren(bilingual("translate.looks", values));
    part("looks-switch").replaceChildren(bilingual("translate.looks.switch", values));
    part("looks-switch").hidden = !direction.knows(language);
  };
  /* What stands there belongs to another text, and nothing is on its way to take its place. */
  const showFormer = () => {
    const coming = pane.comesByItself() && !part("problem").textContent;
    part("former").hidden = pane.fits() || !pane.translation() || coming;
  };
  const showMade = () => {
    const { run } = pane;
    const made = part("made");
    made.replaceChildren();
    if (!run?.route || run.fresh) return;
    const [source, target, model, via] = run.route;
    const values = { model, source: direction.nameOf(source), target: direction.nameOf(target), via: direction.nameOf(via) };
    made.append(bilingual(via ? "translate.made.via" : "translate.made", values));
  };
  const showProgress = () => {
    const { run } = pane;
    const bar = part("progress");
    bar.hidden = !run || Boolean(run.end) || run.total < BAR_FROM;
    if (!run?.total) return;
    bar.max = run.total;
    bar.value = run.done;
  };
  /** @param {string} act @param {boolean} able */
  const enable = (act, able) => pane.button(act).setAttribute("aria-disabled", String(!able));
  const showState = () => {
    const { run } = pane;
    const translation = pane.translation();
    const working = Boolean(run && !run.end);
    element.querySelector(".translate")?.classList.toggle("working", working);
    part("empty").hidden = Boolean(translation);
    output.hidden = !translation;
    output.classList.toggle("stale", !pane.fits());
    enable("copy", Boolean(translation));
    enable("download", Boolean(translation));
    enable("inside", Boolean(run?.pairs.length) && !working);
    enable("compare", Boolean(run?.route) && !working);
    part("stop").hidden = !working;
    showProgress();
    part("legend-unsure").hidden = !run?.pairs.some((pair) => pair.unsure);
    part("legend-doubtful").hidden = !run?.pairs.some((pair) => pair.doubts.length);
    part("legend-term").hidden = !run?.pairs.some((pair) => pair.terms.length);
    showMade();
    showLooks();
    showFormer();
    readAloud.show();
  };

  return { mark, showTyped, showState, showFormer, paintTerms, reach, grow, draw };
};

/** @typedef {ReturnType<typeof createResult>} Result */
