// @ts-check
/* Where a component tells what went wrong. */
import { create } from "./dom.js";
import { bilingual } from "./i18n.js";
import { RequestError } from "./client.js";

/** @param {Element} place
 * @param {string} [unreachable] key of the sentence for a server that does not answer */
export const noticeIn = (place, unreachable = "browser.unreachable") => {
  /** @param {string} key @param {import("./i18n.js").Values} [values] */
  const tell = (key, values) => place.replaceChildren(create("p", { className: "problem", role: "alert" }, bilingual(key, values)));
  return {
    /** Show a sentence of ours. */
    tell,
    /** Show a failed call. Anything else is a defect and goes on as one.
     * @param {unknown} error */
    show(error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.notice === null) tell(unreachable);
      else place.innerHTML = error.notice; /* made and escaped by the server */
    },
    clear: () => place.replaceChildren(),
  };
};
