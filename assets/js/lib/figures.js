// @ts-check
/* Numbers as people read them. */

/** A share of one. @param {number} share */
export const percentOf = (share) => `${Math.round(100 * share)}%`;

/** A probability from its logarithm; small and nearly certain ones are told more exactly.
 * @param {number} logprob */
export const percentOfLog = (logprob) => {
  const share = 100 * Math.exp(logprob);
  if (share < 0.1) return "<0.1%";
  return share < 9.95 ? `${share.toFixed(1)}%` : `${Math.min(99.9, share) > 99.4 ? share.toFixed(1) : Math.round(share)}%`;
};
