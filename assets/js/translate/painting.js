/* Colours over text, without touching the text: the browser's own highlights, each a set of ranges. */
const LEVELS = [0.5, 0.25, 0.12, 0.05]; /* shares of attention, from much to little */
const paints = ["translate-partner", "translate-term", "translate-word", ...LEVELS.map((_, level) => `translate-look-${level}`)];

const paint = (name, ranges) => {
  if (!globalThis.CSS?.highlights) return;
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
};
const wipe = (...names) => names.forEach((name) => paint(name, []));
const rangeIn = (node, start, end) => {
  const range = new Range();
  const text = node.firstChild ?? node;
  range.setStart(text, Math.min(start, text.length));
  range.setEnd(text, Math.min(end, text.length));
  return range;
};
const spanOf = (index) => pane.querySelector(`.said[data-i="${index}"]`);
const inSource = (index, start, end) => rangeIn(mirror, run.pairs[index].start + start, run.pairs[index].start + end);
const inTarget = (index, start, end) => rangeIn(spanOf(index), start, end);

const paintTerms = () => {
  const ranges = [];
  run.pairs.forEach((pair, index) => {
    for (const [a, b, c, d] of pair.terms ?? []) {
      if (fits()) ranges.push(inSource(index, a, b));
      if (spanOf(index) && !pair.replaced) ranges.push(inTarget(index, c, d));
    }
  });
  paint("translate-term", ranges);
};
const levelOfLook = (weight) => LEVELS.findIndex((from_) => weight >= from_);
/* Where the model looked: words of one side, shaded by weight. */
const paintLook = (looked) => {
  LEVELS.forEach((_, level) => {
    paint(`translate-look-${level}`, looked.filter(([weight]) => levelOfLook(weight) === level).map(([, range]) => range));
  });
  part("legend-look").hidden = !looked.length;
};
const wipeLook = () => wipe(...LEVELS.map((_, level) => `translate-look-${level}`));
