// @ts-check
/* Texts of slides, which stand in both languages. */
import { create } from "../lib/dom.js";
import { LANGUAGE_TAGS } from "../lib/i18n.js";
import { LANGUAGES } from "./presentation.js";

/** Tags of the page's languages, by the codes of slides. */
export const TAGS = Object.fromEntries(LANGUAGES.map((code) => [code, LANGUAGE_TAGS.find((tag) => tag.startsWith(code)) ?? LANGUAGE_TAGS[0]]));

/** A slide's text in both languages, of which the page shows one.
 * @param {import("./presentation.js").Both} both */
export const inBoth = (both) => LANGUAGES.map((code) => create("span", { className: "word", lang: TAGS[code], textContent: both[code] }));
