/* What the pointer, the focus or the caret is on: a sentence lights up with its partner, a word with those
 * that the model looked at for it. */
const REST = 120; /* milliseconds on a word before it is asked about */
let pointed = { index: null, side: "", unit: null };
let resting;

const light = (index) => {
  if (index === pointed.lit) return;
  if (pointed.lit !== undefined && pointed.lit !== null) spanOf(pointed.lit)?.classList.remove("lit");
  pointed.lit = index;
  const span = index === null ? null : spanOf(index);
  span?.classList.add("lit");
  const pair = run?.pairs[index];
  paint("translate-partner", span && fits() ? [inSource(index, 0, pair.length)] : []);
};
const atSource = (unit) => {
  if (!fits()) return null;
  let [low, high] = [0, run.drawn - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const pair = run.pairs[middle];
    if (unit < pair.start) high = middle - 1;
    else if (unit > pair.start + pair.length) low = middle + 1;
    else return middle;
  }
  return null;
};
/* The character under the pointer: of the box, or of a sentence. */
const unitAt = (event) => {
  const at = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  if (at) return { node: at.offsetNode, unit: at.offset };
  const range = document.caretRangeFromPoint?.(event.clientX, event.clientY);
  return range ? { node: range.startContainer, unit: range.startOffset } : null;
};
/* The range of a character has to lie under the pointer: beyond the end of a line there is no word. */
const covers = (range, event) =>
  [...range.getClientRects()].some((box) => event.clientX >= box.left - 2 && event.clientX <= box.right + 2 && event.clientY >= box.top - 4 && event.clientY <= box.bottom + 4);
const place = (event) => {
  const at = unitAt(event);
  if (!at) return null;
  if (at.node === area || mirror.contains(at.node)) {
    const around = rangeIn(mirror, Math.max(0, at.unit - 1), at.unit + 1);
    if (!covers(around, event)) return null;
    const before = rangeIn(mirror, Math.max(0, at.unit - 1), at.unit);
    const unit = at.unit && covers(before, event) ? at.unit - 1 : at.unit;
    const index = atSource(unit);
    return { side: "source", index, unit: index === null ? unit : unit - run.pairs[index].start };
  }
  const span = at.node.parentElement?.closest?.(".said");
  if (!span || !pane.contains(span)) return null;
  const before = rangeIn(span, Math.max(0, at.unit - 1), at.unit);
  const unit = at.unit && covers(before, event) ? at.unit - 1 : at.unit;
  return { side: "target", index: Number(span.dataset.i), unit };
};

/* ---- alignment: asked for once a sentence ---- */
const aligned = async (index) => {
  const { pairs, route } = run;
  const pair = pairs[index];
  if (!route || !pair || pair.score === undefined || pair.length > 1_500) return [];
  pair.links ??= server
    .alignment({ visit: llamaDemo.visit(), source: route[0], target: route[1], model: run.model, text: run.text.slice(pair.start, pair.start + pair.length), translation: pair.text })
    .catch(() => ({}))
    .then((told) => {
      if (told.links) return told.links;
      pair.links = undefined; /* so that it is asked for again */
      say("translate.status.no_look");
      return [];
    });
  return pair.links;
};
const showLook = (index, side, links, unit) => {
  const [own, other] = side === "target" ? [2, 0] : [0, 2];
  const word = links.filter((link) => link[own] <= unit && unit < link[own + 1]);
  const range = side === "target" ? inSource : inTarget;
  const back = side === "target" ? inTarget : inSource;
  paintLook(fits() ? word.map((link) => [link[4], range(index, link[other], link[other + 1])]) : []);
  paint("translate-word", word.length ? [back(index, word[0][own], word[0][own + 1])] : []);
};
const rest = async (at) => {
  const asked = run;
  const links = at.index === null ? [] : await aligned(at.index);
  if (pointed.at !== at || run !== asked) return;
  if (links.length) showLook(at.index, at.side, links, at.unit);
  askWord(at);
};
const point = (at) => {
  const same = at && pointed.at && ["side", "index", "unit"].every((name) => at[name] === pointed.at[name]);
  if (same) return;
  pointed.at = at;
  clearTimeout(resting);
  light(at?.index ?? opened); /* one that is open stays lit */
  wipe("translate-word");
  wipeLook();
  if (at) resting = setTimeout(rest, REST, at);
  else closeWordSoon();
};
let moved = null;
const track = (event) => {
  if (event.buttons) return;
  if (!moved) {
    requestAnimationFrame(() => {
      const last = moved;
      moved = null;
      if (last && !last.target.closest?.(".dictionary")) point(run || area.value ? place(last) : null);
    });
  }
  moved = event;
};
part("panes").addEventListener("pointermove", (event) => {
  if (event.pointerType !== "touch") track(event);
});
part("panes").addEventListener("pointerleave", () => {
  moved = null;
  point(null);
  closeWordSoon();
});
pane.addEventListener("focusin", (event) => {
  const span = event.target.closest(".said");
  if (span) light(Number(span.dataset.i));
});
pane.addEventListener("focusout", () => light(opened));
/* The caret counts as a pointer when it is moved, not while somebody types. */
const caret = () => {
  if (area.selectionStart !== area.selectionEnd) return;
  const index = atSource(area.selectionStart);
  point({ side: "source", index, unit: index === null ? area.selectionStart : area.selectionStart - run.pairs[index].start, caret: true });
};
area.addEventListener("keyup", (event) => {
  if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key) && !event.isComposing) caret();
});
/* A finger has no pointer that rests: a tap asks. */
area.addEventListener("click", (event) => {
  if (event.pointerType === "touch") caret();
});
area.addEventListener("blur", () => {
  point(null);
  closeWord();
});
