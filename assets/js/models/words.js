// @ts-check
/* What the figures of a model mean, in words. */
import { fileSize } from "../lib/figures.js";
import { format } from "../lib/i18n.js";

/** @typedef {import("../types").OfferItem} OfferItem */
/** @typedef {import("../types").FitItem} FitItem */
/** @typedef {import("../types").MemoryItem} MemoryItem */

const MOST_LANGUAGES = 5;

/** @type {Map<string, Intl.DisplayNames>} */
const names = new Map();

/** The name of a language. @param {string} tag of the page's language @param {string} code */
export const languageName = (tag, code) => {
  if (!names.has(tag)) names.set(tag, new Intl.DisplayNames([tag], { type: "language" }));
  try {
    return names.get(tag)?.of(code) ?? code;
  } catch {
    return code;
  }
};

/** The languages of a model, or the directions of a translator. @param {OfferItem} offer
 * @returns {((tag: string) => string) | null} null if they are unknown */
export const languagesOf = ({ languages, directions }) => {
  if (languages.includes("mul")) {
    const named = languages.filter((code) => code !== "mul");
    const list = (/** @type {string} */ tag) => named.map((code) => languageName(tag, code)).join(format(tag, "models.separator"));
    return (tag) => (named.length ? format(tag, "models.languages.and_many", { shown: list(tag) }) : format(tag, "models.languages.many"));
  }
  const pairs = directions.length <= MOST_LANGUAGES ? directions.map((one) => one.split("-")) : [];
  if (pairs.length) {
    return (tag) => pairs.map((pair) => pair.map((code) => languageName(tag, code)).join(" → ")).join(format(tag, "models.separator"));
  }
  if (!languages.length) return null;
  return (tag) => {
    const shown = languages.slice(0, MOST_LANGUAGES).map((code) => languageName(tag, code)).join(format(tag, "models.separator"));
    const more = languages.length - MOST_LANGUAGES;
    return more > 0 ? format(tag, "models.languages.more", { shown, more }) : shown;
  };
};

/** @param {MemoryItem} memory */
export const totalOf = ({ weights, cache, workspace }) => weights + cache + workspace;

/** How a model fits, as a key with its values. @param {FitItem} fit @param {import("../types").MachineItem} machine */
export const fitWords = (fit, machine) => ({
  key: `models.fit.${fit.verdict}`,
  values: { need: fileSize(totalOf(fit.memory)), memory: fileSize(machine.memory), free: fileSize(machine.free) },
});

/** The name of a model in a list, by language tag. @param {Pick<OfferItem, "name" | "bundled">} offer */
export const nameOf = ({ name, bundled }) => (tag) => (bundled ? format(tag, `models.bundled.${name}`) : name);

/** A number of seconds: 40 s, 3 min, 2 h. @param {number} seconds @returns {(tag: string) => string} */
export const duration = (seconds) => (tag) => {
  if (seconds < 90) return format(tag, "models.seconds", { count: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return format(tag, "models.minutes", { count: minutes });
  return format(tag, "models.hours", { count: (seconds / 3600).toFixed(1) });
};
