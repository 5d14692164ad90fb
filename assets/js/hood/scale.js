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

/** Relative luminance (WCAG 2). @param {number[]} colour */
const luminance = (colour) => {
  const [red, green, blue] = colour.map((one) => (one <= 10 ? one / 3294 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** @param {number[]} one @param {number[]} other */
const contrast = (one, other) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};

const READABLE = 4.6; /* WCAG 2 asks for 4.5 */

/** The colour of a text on a colour: the page's, or black or white where that would be hard to read.
 * @param {number[]} colour */
export const inkOn = (colour) => {
  if (contrast(colour, colourOf("--ink")) >= READABLE) return "var(--ink)";
  return contrast(colour, [0, 0, 0]) > contrast(colour, [255, 255, 255]) ? "#000" : "#fff";
};
