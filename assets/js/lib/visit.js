// @ts-check
/* Who asks: what goes with every call of the page. */

/** @returns {any} */
const app = () => /** @type {any} */ (window).llamaDemo;

/** The language of the page, `en` or `zh`. @returns {"en" | "zh"} */
export const language = () => app().language;

/** @param {"en" | "zh"} next */
export const chooseLanguage = (next) => app().choose(next);

/** Whether runs of this tab of the browser stay out of the history. @returns {boolean} */
export const isTemporary = () => app().temporary;

/** @param {boolean} on */
export const setTemporary = (on) => {
  app().temporary = on;
};

/** Give the visitor a secret to find their runs by, where the place keeps nothing without one. */
export const remember = () => app().remember();

/** What goes with a call: secret, language, page, turn, mode, time zone. @returns {object} */
export const visit = () => app().visit();
