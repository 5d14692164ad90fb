// @ts-check
/* Texts of the page by key. A text in the page stands in every language at once, and the style sheet shows the
 * one that the `lang` of the page names; so a switch acts at once, on what streams in too. */
import { create } from "./dom.js";
import { texts } from "./resources.js";
import { languageTags, pageLanguage } from "./visit.js";

/** @typedef {Record<string, unknown | ((tag: string) => string)>} Values */

export const LANGUAGE_TAGS = languageTags();

/** The tag (BCP 47) of the language that is read now. */
export const currentTag = () => pageLanguage().tag;

/** A model under the name of its folder.
 * @param {string} tag @param {string} name */
export const technicalName = (tag, name) => texts[tag]["models.own"].replace("{name}", () => name);

/** @param {string} tag @param {string} name */
const modelName = (tag, name) => texts[tag][`model.${name}`] ?? technicalName(tag, name);

/** The text of `key` in one language, its placeholders filled. A value may be a function of the language; one
 * called `model` is the name of a model's folder.
 * @param {string} tag @param {string} key @param {Values} [values] @returns {string} */
export const format = (tag, key, values = {}) =>
  texts[tag][key].replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name] ?? "";
    if (typeof value === "function") return value(tag);
    return name === "model" ? modelName(tag, String(value)) : String(value);
  });

/** Whether there is a text of this key. @param {string} key */
export const hasText = (key) => LANGUAGE_TAGS.every((tag) => key in texts[tag]);

/** The text in the language that is read now, for attributes, which hold one language.
 * @param {string} key @param {Values} [values] */
export const text = (key, values) => format(currentTag(), key, values);

/** The text in every language, as elements.
 * @param {string} key @param {Values} [values] @returns {DocumentFragment} */
export const bilingual = (key, values) => {
  const both = document.createDocumentFragment();
  for (const tag of LANGUAGE_TAGS) {
    both.append(create("span", { className: "word", lang: tag, textContent: format(tag, key, values) }));
  }
  return both;
};

/** Call back whenever a visitor chooses another language.
 * @param {() => void} callback */
export const onLanguageChange = (callback) => {
  new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ["lang"] });
};
