// @ts-check
/* What the browser remembers for the page. Storage can be blocked, in a frame of another site for one: it then lasts as
 * long as the page. */

/** @typedef {"localStorage" | "sessionStorage"} Storage for every tab of the browser; for this one until it is closed */

/** @type {Map<string, string>} */
const memory = new Map();

const PROBE = "llama_demo.probe";
/** @type {boolean | undefined} */
let blocked;

/** Whether the browser keeps nothing beyond the page. */
export const isBlocked = () => {
  if (blocked === undefined) {
    try {
      window.localStorage.setItem(PROBE, "1");
      window.localStorage.removeItem(PROBE);
      blocked = false;
    } catch {
      blocked = true;
    }
  }
  return blocked;
};

/** @param {string} key @param {Storage} [storage] @returns {string | undefined} */
export const read = (key, storage = "localStorage") => {
  try {
    return window[storage].getItem(key) ?? memory.get(key);
  } catch {
    return memory.get(key);
  }
};

/** @param {string} key @param {string} value @param {Storage} [storage] */
export const write = (key, value, storage = "localStorage") => {
  memory.set(key, value);
  try {
    window[storage].setItem(key, value);
  } catch {
    /* it is in the memory */
  }
};

/** @param {string} key @param {Storage} [storage] */
export const forget = (key, storage = "localStorage") => {
  memory.delete(key);
  try {
    window[storage].removeItem(key);
  } catch {
    /* there is nothing in it */
  }
};
