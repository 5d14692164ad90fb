// @ts-check
/* Files that were dropped, those inside of dropped folders among them. */

/** @returns {Promise<FileSystemEntry[]>} */
const entriesOf = (/** @type {FileSystemDirectoryEntry} */ folder) =>
  new Promise((resolve, reject) => {
    const reader = folder.createReader();
    /** @type {FileSystemEntry[]} */
    const all = [];
    const readMore = () =>
      reader.readEntries((entries) => {
        all.push(...entries);
        if (entries.length) readMore(); /* it gives a hundred at a time */
        else resolve(all);
      }, reject);
    readMore();
  });

/** @param {any} entry @param {string} [path] @returns {Promise<import("./batches.js").NamedFile[]>} */
const unfold = async (entry, path = "") => {
  const name = `${path}${entry.name}`;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), name }];
  const found = [];
  for (const each of await entriesOf(entry)) found.push(...(await unfold(each, `${name}/`)));
  return found;
};

/** @param {DataTransfer} transfer @returns {Promise<import("./batches.js").NamedFile[]>} */
export const droppedFiles = async (transfer) => {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...transfer.files].map((file) => ({ file, name: file.name }));
  if (!entries.some((entry) => entry.isDirectory)) return files;
  const found = [];
  for (const entry of entries) found.push(...(await unfold(entry)));
  return found;
};
