// @ts-check
/* Files cut into requests of a bearable size. */

/** @typedef {{ file: File, name: string }} NamedFile a file with the folders that it lay in */

export const BATCH_FILES = 250;
export const BATCH_BYTES = 32 * 1024 * 1024;

/* What systems leave in folders. */
const SKIPPED = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/;

/** @template {{ name: string }} Named @param {Named[]} files @returns {Named[]} */
export const withoutLeftovers = (files) => files.filter(({ name }) => !SKIPPED.test(name));

/** @template {{ file: { size: number } }} Sized @param {Sized[]} files
 * @returns {Sized[][]} in order; a file above the limit travels alone */
export const batches = (files) => {
  /** @type {Sized[][]} */
  const all = [];
  let bytes = 0;
  for (const one of files) {
    const current = all.at(-1);
    if (!current || current.length >= BATCH_FILES || bytes + one.file.size > BATCH_BYTES) {
      all.push([one]);
      bytes = one.file.size;
    } else {
      current.push(one);
      bytes += one.file.size;
    }
  }
  return all;
};
