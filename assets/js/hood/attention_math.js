// @ts-check
/* Attention in small numbers: softmax(QK^T / sqrt(d)) V, step by step. */

/** @typedef {number[][]} Matrix rows */

/** @param {Matrix} a @param {Matrix} b @returns {Matrix} */
export const multiply = (a, b) => a.map((row) => b[0].map((_, column) => row.reduce((sum, one, place) => sum + one * b[place][column], 0)));

/** @param {Matrix} matrix @returns {Matrix} */
export const transpose = (matrix) => matrix[0].map((_, column) => matrix.map((row) => row[column]));

/** @param {number[]} row @returns {number[]} */
export const softmax = (row) => {
  const most = Math.max(...row);
  const powers = row.map((one) => Math.exp(one - most));
  const sum = powers.reduce((total, one) => total + one, 0);
  return powers.map((one) => one / sum);
};

/** All steps from queries, keys and values (tokens, d) to the result.
 * @param {Matrix} query @param {Matrix} keys @param {Matrix} values @param {boolean} causal whether a token sees
 *   none behind it */
export const attend = (query, keys, values, causal) => {
  const scores = multiply(query, transpose(keys));
  const scaled = scores.map((row) => row.map((one) => one / Math.sqrt(query[0].length)));
  const masked = scaled.map((row, place) => row.map((one, other) => (causal && other > place ? -Infinity : one)));
  const weights = masked.map(softmax);
  return { scores, scaled, masked, weights, result: multiply(weights, values) };
};
