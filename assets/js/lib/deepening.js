// @ts-check
/* How far the deep model has come with a collection, in a line. It is asked again as long as it is at work and the line is
 * seen; a screen reader is told of the beginning and the end. */
import { parts } from "./dom.js";
import { bilingual } from "./i18n.js";

/** @typedef {import("../types").DeepItem} DeepItem */

const EVERY = 3_000; /* milliseconds between two questions */

/** What the line says, as a key; empty for nothing. @param {DeepItem} progress */
const lineOf = ({ done, total, failed }) => {
  if (done >= total) return "";
  return failed ? "search.deep.failed" : "search.deep.building";
};

/** @param {Element} element @param {() => Promise<DeepItem>} ask */
export const deepeningLine = (element, ask) => {
  const part = parts(element);
  /** @type {HTMLElement} */
  const line = part("deepening");
  let said = "";
  let seen = false;
  let timer = 0;

  const say = (/** @type {string} */ key) => {
    if (key !== said) part("deepening-said").replaceChildren(...(key ? [bilingual(`${key}.said`)] : []));
    said = key;
  };
  const again = () => {
    window.clearTimeout(timer);
    if (seen && !document.hidden && said === "search.deep.building") timer = window.setTimeout(look, EVERY);
  };
  const look = () => ask().then(show, again);
  /** @param {DeepItem} progress */
  const show = (progress) => {
    const key = lineOf(progress);
    const [done, total] = [progress.done, progress.total].map((count) => (/** @type {string} */ tag) => count.toLocaleString(tag));
    line.hidden = !key;
    if (key) line.replaceChildren(bilingual(key, { done, total }));
    say(key || (said === "search.deep.building" ? "search.deep.complete" : ""));
    again();
  };
  new IntersectionObserver((entries) => {
    seen = entries.some((entry) => entry.isIntersecting);
    again();
  }).observe(line);
  document.addEventListener("visibilitychange", again);
  return { show };
};
