// @ts-check
/* Large numbers in words of the language: 23.4 million, 2340万. */

/** A value for a text: the number with three digits, as each language counts.
 * @param {number} count @returns {(tag: string) => string} */
export const numberWords = (count) => (tag) => new Intl.NumberFormat(tag, { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3 }).format(count);
