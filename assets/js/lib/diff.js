// @ts-check
/* What two texts have in common: words, or characters of Chinese. */

/** Words, Chinese characters, white space and signs, in order; joined they are the text again.
 * @param {string} text @returns {string[]} */
export const words = (text) => text.match(/\p{Script=Han}|[\p{L}\p{N}'’]+|\s+|./gsu) ?? [];

/** Places of the longest common subsequence in each of two lists. Takes left x right steps.
 * @param {string[]} left @param {string[]} right @returns {[Set<number>, Set<number>]} */
export const common = (left, right) => {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = left[i] === right[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  /** @type {[Set<number>, Set<number>]} */
  const kept = [new Set(), new Set()];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      kept[0].add(i);
      kept[1].add(j);
      i += 1;
      j += 1;
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  return kept;
};
