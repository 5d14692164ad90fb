// @ts-check
/* The meter of the model's window: asks for new figures when typing pauses, or when the request changes. */
import { listen } from "../lib/events.js";

const PAUSE = 300; /* milliseconds */

/** @param {import("../index.js").Component} component */
export const mount = ({ trigger }) => {
  let timer;
  const updateSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => trigger("select", {}), PAUSE);
  };
  document.addEventListener("input", (event) => {
    if (/** @type {Element} */ (event.target).closest?.("#prompt")) updateSoon();
  });
  listen("generate:request-changed", updateSoon);
};
