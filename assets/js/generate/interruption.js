// @ts-check
/* Whether this tab of the browser left the page while a text was written, which is then in the history. */
import { forget, read, write } from "../lib/storage.js";
import { isTemporary } from "../lib/visit.js";

const KEY = "llama_demo.left";

/** @param {boolean} writing whether a text is being written while the page is left */
export const noteInterruption = (writing) => {
  if (writing && !isTemporary()) write(KEY, "on", "sessionStorage");
};

/** Told once. */
export const wasInterrupted = () => {
  const left = read(KEY, "sessionStorage") === "on";
  forget(KEY, "sessionStorage");
  return left;
};
