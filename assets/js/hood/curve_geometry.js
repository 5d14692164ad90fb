// @ts-check
/* Where the curve of a loss, its axes and its labels stand. */

/** @typedef {[step: number, loss: number]} Point */
/** @typedef {object} Curves
 * @property {number} steps in all
 * @property {number} uniform loss of a uniform guess, `ln V`
 * @property {Point[]} training
 * @property {Point[]} validation
 * @property {number} [smoothing] weight of what came before in the smoothed line */

export const CURVE = { width: 720, height: 300, left: 44, right: 132, top: 18, bottom: 40 };
export const INNER = { width: CURVE.width - CURVE.left - CURVE.right, height: CURVE.height - CURVE.top - CURVE.bottom };

/** A mean that follows the points slowly, as their line is drawn.
 * @param {Point[]} points @param {number} [weight] of what came before @returns {Point[]} */
export const smooth = (points, weight = 0.9) => {
  let mean = points[0]?.[1] ?? 0;
  return points.map(([step, loss]) => {
    mean = weight * mean + (1 - weight) * loss;
    return [step, mean];
  });
};

/** Round steps of an axis, five of them at most six.
 * @param {number} most @returns {number[]} */
export const ticks = (most) => {
  const raw = most / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw) ?? raw;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, place) => Number((place * step).toPrecision(6)));
};

/** The highest loss of the axis.
 * @param {Curves} curves */
export const highest = ({ uniform, validation }) => Math.max(uniform, ...validation.map(([, loss]) => loss)) * 1.08;

/** Where a point stands, in units of the drawing.
 * @param {Curves} curves @returns {(point: Point) => Point} */
export const placer = (curves) => {
  const most = highest(curves);
  return ([step, loss]) => [CURVE.left + (step / curves.steps) * INNER.width, CURVE.top + (1 - Math.min(1, loss / most)) * INNER.height];
};

/** Labels at the right end, moved apart where they would stand on each other.
 * @param {{ y: number, [other: string]: any }[]} labels */
export const apart = (labels) => {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  for (let place = 1; place < sorted.length; place += 1) sorted[place].y = Math.max(sorted[place].y, sorted[place - 1].y + 16);
  return sorted;
};
