// @ts-check
/* The axis of intervals on both sides of zero. */

/** Round steps from the same distance below zero to above it, two or three on each side.
 * @param {number} most the largest distance that has to fit @returns {number[]} */
export const ticksAround = (most) => {
  const raw = most / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5].find((one) => one * power >= raw) ?? 10) * power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: 2 * count + 1 }, (_, place) => Number(((place - count) * step).toPrecision(6)));
};
