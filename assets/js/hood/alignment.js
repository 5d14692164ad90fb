// @ts-check
/* Which token of the source the translator looked at for each token that it wrote, as lines between two rows. */
import { draw, drawing, label, widthOf } from "./svg.js";

const FAINTEST = 0.15;
const GAP = 14;

/** Places of tokens in a row: left edge and width of each.
 * @param {string[]} names */
const places = (names) => {
  let x = 4;
  return names.map((name) => {
    const width = Math.max(20, widthOf(name) * 8.6 + 12);
    const place = { x, width };
    x += width + GAP;
    return place;
  });
};

/** @param {string[]} source @param {string[]} target
 * @param {(target: number, source: number) => number} share 0 to 1 @returns {any} a drawing */
export const drawAlignment = (source, target, share) => {
  const [top, bottom] = [places(source), places(target)];
  const end = (/** @type {{ x: number, width: number }[]} */ row) => (row.length ? row[row.length - 1].x + row[row.length - 1].width : 0);
  const width = Math.max(end(top), end(bottom)) + 4;
  const [up, down] = [28, 128];
  const boxes = (row, names, y) => row.flatMap(({ x, width: wide }, place) => [draw("rect", { x, y: y - 20, width: wide, height: 28, rx: 8, class: "hood-box" }), label(names[place], { x: x + wide / 2, y, "text-anchor": "middle", class: "hood-text" })]);
  const lines = target.flatMap((_, row) =>
    source.map((__, column) => {
      const weight = share(row, column);
      if (weight < FAINTEST) return null;
      const [from, to] = [top[column].x + top[column].width / 2, bottom[row].x + bottom[row].width / 2];
      return draw("path", { d: `M${from} ${up + 9}C${from} ${up + 50} ${to} ${down - 60} ${to} ${down - 21}`, class: "hood-line", "stroke-width": 1 + 7 * weight, opacity: Math.min(1, 0.25 + weight) });
    }),
  );
  const svg = drawing(width, down + 12, ...lines.filter(Boolean), ...boxes(top, source, up), ...boxes(bottom, target, down));
  svg.classList.add("wide");
  return svg;
};
