// @ts-check
/* Places on the map: points have coordinates from -1 to 1, y upwards; the drawing has units, y downwards. */

export const SIDE = 400; /* units of the drawing */
const MARGIN = 16; /* that the outermost points keep */

/** @typedef {[number, number]} Place */

/** A point's place in the drawing. @param {number} x @param {number} y @returns {Place} */
export const place = (x, y) => [SIDE / 2 + x * (SIDE / 2 - MARGIN), SIDE / 2 - y * (SIDE / 2 - MARGIN)];

/** Number of the point that is nearest to a place of the drawing; -1 if none is within `reach`.
 * @param {Place[]} points in units of the drawing @param {Place} to @param {number} reach */
export const nearest = (points, [x, y], reach) => {
  let best = -1;
  let least = reach * reach;
  points.forEach(([px, py], number) => {
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < least) [best, least] = [number, distance];
  });
  return best;
};

/** From a point to the next one that lies in a direction: near, and not far aside. The same one if there is none.
 * @param {Place[]} points @param {number} from its number; below 0 for the middle of the drawing
 * @param {Place} direction of length 1 along an axis */
export const nextTowards = (points, from, [dx, dy]) => {
  if (from < 0) return nearest(points, [SIDE / 2, SIDE / 2], SIDE);
  const [x, y] = points[from];
  let best = from;
  let least = Infinity;
  points.forEach(([px, py], number) => {
    const along = (px - x) * dx + (py - y) * dy;
    const aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
    if (number === from || along <= 0.01) return;
    if (along + 2 * aside < least) [best, least] = [number, along + 2 * aside];
  });
  return best;
};
