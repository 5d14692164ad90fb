// @ts-check
/* A bias probe in words and numbers. */

/** @typedef {import("../types").ProbeBiasResponse} Probe */

const MOST_WORDS = 4; /* of a group that are named */
const SIGNIFICANT = 0.05;
const SIGNED = new Intl.NumberFormat("en", { signDisplay: "exceptZero", minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A difference with its sign. @param {number} value */
export const signed = (value) => SIGNED.format(value).replace("-", "−");

/** A share as percent, with a digit behind the point near none and all. @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(share < 0.01 || share > 0.99 ? 1 : 0)}%`;

/** The ends of an interval, if there are any. @param {import("../types").IntervalItem} interval */
export const span = ({ low, high }) => (low === null || high === null ? "" : ` [${signed(low)}, ${signed(high)}]`);

/** Words in quotation marks, the first of many.
 * @param {string[]} words @returns {(tag: string) => string} */
export const quotedWords = (words) => (tag) =>
  words.slice(0, MOST_WORDS).map((word) => `“${word}”`).join(tag.startsWith("zh") ? "、" : ", ") + (words.length > MOST_WORDS ? "…" : "");

/** The rows that lean most towards the first and the second group, with what is said of them.
 * @param {Probe} found */
export const extremes = (found) => {
  const value = (/** @type {import("../types").ProbeRowItem} */ row) => row.share ?? row.difference.mean;
  const shown = (/** @type {import("../types").ProbeRowItem} */ row) => (row.share === null ? signed(row.difference.mean) : percent(row.share));
  const ordered = [...found.rows].sort((a, b) => value(b) - value(a));
  const [most, least] = [ordered[0], ordered[ordered.length - 1]];
  return { most: most.attribute, least: least.attribute, high: shown(most), low: shown(least) };
};

/** How sure the rows are, as a key of a text and its values.
 * @param {Probe} found */
export const certainty = (found) => {
  const tested = found.rows.filter((row) => row.difference.p_value !== null);
  const names = tested.filter((row) => (row.difference.p_value ?? 1) < SIGNIFICANT).map((row) => row.attribute);
  const kind = !tested.length ? "few" : names.length ? "some" : "none";
  const values = { templates: found.templates, rows: found.rows.length, count: names.length, names: (/** @type {string} */ tag) => names.join(tag.startsWith("zh") ? "、" : ", ") };
  return { key: `hood.bias.certain.${kind}`, values };
};
