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

const SIZES = /** @type {[number, string][]} */ ([[1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"]]);

/** Bytes, with one digit after the point where there is one before it: 1.5 kB, 12 kB, 1.5 GB.
 * @param {number} bytes */
export const fileSize = (bytes) => {
  const [size, unit] = SIZES.find(([one]) => bytes >= one) ?? [1, "B"];
  const count = bytes / size;
  return `${size > 1 && count < 9.95 ? count.toFixed(1) : Math.round(count)} ${unit}`;
};

/** Parameters, abbreviated: 9.8 M, 1.1 B. @param {number} count */
export const shortCount = (count) => {
  const [size, unit] = /** @type {[number, string][]} */ ([[1e9, "B"], [1e6, "M"], [1e3, "K"]]).find(([one]) => count >= one) ?? [1, ""];
  return unit ? `${(count / size).toFixed(1)} ${unit}` : String(count);
};
