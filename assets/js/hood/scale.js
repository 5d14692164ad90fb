// @ts-check
/* Colours of numbers, from the style of the page: light to dark (dark to light in the dark scheme), so that they are
 * told apart without their hue too. */

/** @param {string} name of a variable of the style @returns {number[]} */
const colourOf = (name) => {
  const value = getComputedStyle(document.querySelector(".gradio-container") ?? document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((place) => parseInt(value.slice(place, place + 2), 16));
};

/** @param {number[]} from @param {number[]} to @param {number} share */
const between = (from, to, share) => from.map((one, place) => Math.round(one + (to[place] - one) * share));

/** Shares between 0 and 1. Small ones are made visible by a square root.
 * @returns {(share: number) => number[]} red, green and blue */
export const shareScale = () => {
  const [paper, strong] = [colourOf("--card"), colourOf("--strong")];
  return (share) => between(paper, strong, Math.sqrt(Math.min(1, Math.max(0, share))));
};

/** Numbers on both sides of zero, up to `most`.
 * @param {number} most @returns {(value: number) => number[]} */
export const signedScale = (most) => {
  const [paper, above, below] = [colourOf("--card"), colourOf("--strong"), colourOf("--kind-0")];
  return (value) => between(paper, value < 0 ? below : above, Math.min(1, Math.abs(value) / (most || 1)));
};

/** @param {number[]} colour */
export const css = (colour) => `rgb(${colour.join(" ")})`;

/** Whether ink on this colour has to be that of the paper.
 * @param {number[]} colour */
export const isStrong = ([red, green, blue]) => {
  const light = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  const [r, g, b] = colourOf("--card");
  const paperIsLight = (0.299 * r + 0.587 * g + 0.114 * b) / 255 > 0.5;
  return paperIsLight ? light < 0.5 : light > 0.5;
};
