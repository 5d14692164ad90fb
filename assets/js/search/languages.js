// @ts-check
/* Passages of one language alone: a person's documents may answer in a language that the query is not in. */
import { create } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";

/** @param {string} code @param {Node | string} label @param {boolean} pressed */
const choice = (code, label, pressed) => {
  const button = create("button", { type: "button", className: "pill-button small" }, label);
  button.dataset.tongue = code;
  button.setAttribute("aria-pressed", String(pressed));
  return button;
};

/** @param {HTMLElement} group
 * @param {(code: string) => string} languageName
 * @returns {(hits: import("../types").HitItem[], languages: string[], chosen: string) => void} */
export const languageChoices = (group, languageName) => {
  /* How many passages are in a language is told only where others could have been shown too. */
  const label = (code, hits, chosen) => {
    const count = chosen ? 0 : hits.filter((hit) => hit.language === code).length;
    return count ? bilingual("search.tongue", { name: languageName(code), count }) : languageName(code);
  };
  return (hits, languages, chosen) => {
    group.hidden = languages.length < 2 || !(hits.length || chosen);
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const focused = group.contains(active) ? active?.dataset.tongue : undefined;
    group.querySelector(".tongue-choices")?.replaceChildren(
      choice("", bilingual("search.tongue.all"), !chosen),
      ...languages.map((code) => choice(code, label(code, hits, chosen), code === chosen)),
    );
    if (focused === undefined) return;
    /** @type {HTMLElement | null} */ (group.querySelector(`[data-tongue="${focused}"]`))?.focus();
  };
};
