// @ts-check
/* The status line of a tab: one sentence, read out by screen readers when it changes. */
import { bilingual } from "./i18n.js";

/** @param {string} selector the element that holds the line
 * @returns {{ say: (key: string, values?: import("./i18n.js").Values) => void, clear: () => void }} */
export const statusLine = (selector) => {
  const line = () => document.querySelector(`${selector} [role=status]`);
  return {
    say: (key, values) => line()?.replaceChildren(bilingual(key, values)),
    clear: () => line()?.replaceChildren(),
  };
};
