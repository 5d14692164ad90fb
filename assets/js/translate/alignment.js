// @ts-check
/* What the pointer, the focus or the caret is on: a sentence lights up with its partner, a word with those that
 * the model looked at for it. */
import { isComposing } from "../lib/keys.js";
import { paint, paintLooks, rangeIn, wipe, wipeLooks } from "./highlights.js";
import { sentenceAt, sourceOf } from "./run.js";

const REST = 120; /* milliseconds on a word before it is asked about */
const LONGEST_ALIGNED = 1_500; /* characters of a sentence */

/** What the model looked at in a sentence, and which side, if any, is longer than it reads at once.
 * @typedef {import("../types").AlignmentResponse} Looks */
/** @type {Looks} */
const NOTHING = { links: [], limit: "" };
const CARET_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

/** @typedef {import("./dictionary.js").Place} Place */
/** @typedef {import("./run.js").Link} Link */

/** The character under the pointer. @param {PointerEvent} event @returns {{ node: Node, unit: number } | null} */
const characterUnder = ({ clientX, clientY }) => {
  const at = document.caretPositionFromPoint?.(clientX, clientY);
  if (at) return { node: at.offsetNode, unit: at.offset };
  const range = document.caretRangeFromPoint?.(clientX, clientY);
  return range ? { node: range.startContainer, unit: range.startOffset } : null;
};

/* The range of a character has to lie under the pointer: beyond the end of a line there is no word. */
/** @param {Range} range @param {PointerEvent} event */
const covers = (range, { clientX, clientY }) =>
  [...range.getClientRects()].some(
    (box) => clientX >= box.left - 2 && clientX <= box.right + 2 && clientY >= box.top - 4 && clientY <= box.bottom + 4,
  );

/** @param {import("./pane.js").Pane} pane @param {import("./dictionary.js").Dictionary} dictionary */
export const createAlignment = (pane, dictionary) => {
  const { part, area, mirror, output, api, status } = pane;
  /** @type {Place | null} */
  let pointed = null;
  /** @type {number | null} the sentence that is lit */
  let lit = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;

  /** Light a sentence and its partner, and no other. @param {number | null} index */
  const light = (index) => {
    if (index === lit) return;
    if (lit !== null) pane.spanOf(lit)?.classList.remove("lit");
    lit = index;
    const span = index === null ? null : pane.spanOf(index);
    span?.classList.add("lit");
    const length = index === null ? 0 : pane.run?.pairs[index]?.length ?? 0;
    paint("translate-partner", index !== null && span && pane.fits() ? [pane.inSource(index, 0, length)] : []);
  };

  /** A place of the source. @param {number} unit @returns {Place} */
  const placeInSource = (unit) => {
    const index = pane.run && pane.fits() ? sentenceAt(pane.run, unit) : null;
    return { side: "source", index, unit: index === null ? unit : unit - (pane.run?.pairs[index].start ?? 0) };
  };
  /** @param {PointerEvent} event @returns {Place | null} */
  const placeUnder = (event) => {
    const at = characterUnder(event);
    if (!at) return null;
    /** @param {Node} node */
    const unitIn = (node) => {
      const before = rangeIn(node, Math.max(0, at.unit - 1), at.unit);
      return at.unit && covers(before, event) ? at.unit - 1 : at.unit;
    };
    if (at.node === area || mirror.contains(at.node)) {
      const around = rangeIn(mirror, Math.max(0, at.unit - 1), at.unit + 1);
      return covers(around, event) ? placeInSource(unitIn(mirror)) : null;
    }
    const span = /** @type {HTMLElement | undefined} */ (at.node.parentElement?.closest?.(".said"));
    if (!span || !output.contains(span)) return null;
    return { side: "target", index: Number(span.dataset.i), unit: unitIn(span) };
  };

  /** What the model looked at in a sentence: asked for once. @param {number} index @returns {Promise<Looks>} */
  const alignmentOf = async (index) => {
    const { run } = pane;
    const pair = run?.pairs[index];
    if (!run?.route || !pair || typeof pair.score !== "number") return NOTHING;
    if (pair.length > LONGEST_ALIGNED) return { links: [], limit: "sentence" };
    const [source, target] = run.route;
    pair.looks ??= api.alignment({ source, target, model: run.model, text: sourceOf(run, pair), translation: pair.text }).catch(() => {
      pair.looks = undefined; /* so that it is asked for again */
      status.say("translate.status.no_look");
      return NOTHING;
    });
    return pair.looks;
  };

  const wipeLook = () => {
    wipeLooks();
    part("legend-look").hidden = true;
  };
  /** @param {number} index @param {string} side @param {Link[]} links @param {number} unit */
  const showLook = (index, side, links, unit) => {
    const [own, other] = side === "target" ? [2, 0] : [0, 2];
    const [rangeOfOther, rangeOfOwn] = side === "target" ? [pane.inSource, pane.inTarget] : [pane.inTarget, pane.inSource];
    const word = links.filter((link) => link[own] <= unit && unit < link[own + 1]);
    /** @type {[number, Range][]} */
    const looked = pane.fits() ? word.map((link) => [link[4], rangeOfOther(index, link[other], link[other + 1])]) : [];
    paintLooks(looked);
    part("legend-look").hidden = !looked.length;
    paint("translate-word", word.length ? [rangeOfOwn(index, word[0][own], word[0][own + 1])] : []);
  };
  /** @param {Place} place */
  const rest = async (place) => {
    const { run } = pane;
    const { links } = place.index === null ? NOTHING : await alignmentOf(place.index);
    if (pointed !== place || pane.run !== run) return;
    if (links.length && place.index !== null) showLook(place.index, place.side, links, place.unit);
    dictionary.open(place, () => pointed === place);
  };
  /** @param {Place | null} place */
  const point = (place) => {
    const { side, index, unit } = pointed ?? {};
    if (place && place.side === side && place.index === index && place.unit === unit) return;
    pointed = place;
    clearTimeout(resting);
    light(place?.index ?? pane.opened); /* one that is open stays lit */
    wipe("translate-word");
    wipeLook();
    if (place) resting = setTimeout(rest, REST, place);
    else dictionary.closeSoon();
  };

  /* At most one look a frame. */
  /** @type {PointerEvent | null} */
  let moved = null;
  part("panes").addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (event.pointerType === "touch" || event.buttons) return;
    if (!moved) {
      requestAnimationFrame(() => {
        const last = moved;
        moved = null;
        if (!last || /** @type {Element} */ (last.target).closest?.(".dictionary")) return;
        point(pane.run || area.value ? placeUnder(last) : null);
      });
    }
    moved = event;
  });
  part("panes").addEventListener("pointerleave", () => {
    moved = null;
    point(null);
    dictionary.closeSoon();
  });
  output.addEventListener("focusin", (event) => {
    const span = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".said"));
    if (span) light(Number(span.dataset.i));
  });
  output.addEventListener("focusout", () => light(pane.opened));

  /* The caret counts as a pointer when it is moved, not while a text is typed. */
  const caret = () => {
    if (area.selectionStart === area.selectionEnd) point({ ...placeInSource(area.selectionStart), caret: true });
  };
  area.addEventListener("keyup", (event) => {
    if (CARET_KEYS.includes(event.key) && !isComposing(event)) caret();
  });
  /* A finger has no pointer that rests: a tap asks. */
  area.addEventListener("click", (event) => {
    if (/** @type {PointerEvent} */ (event).pointerType === "touch") caret();
  });
  area.addEventListener("blur", () => {
    point(null);
    dictionary.close();
  });

  return { light, alignmentOf, clear: () => point(null) };
};

/** @typedef {ReturnType<typeof createAlignment>} Alignment */
