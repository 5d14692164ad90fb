// @ts-check
/* Names of model families in the language of a text. */
import { format, hasText } from "../lib/i18n.js";

/** A value for a text: the family as the language calls it, or by the name that it has everywhere.
 * @param {string} family @returns {(tag: string) => string} */
export const familyName = (family) => (tag) => {
  const key = `hood.family.${family.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
  return hasText(key) ? format(tag, key) : family;
};
