// @ts-check
/* Texts and files on their way out of the page. */

/** A blob as a file, under its name, among the downloads.
 * @param {string} name @param {Blob} blob */
export const saveFile = (name, blob) => {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

/** @param {string} name @param {string} text @param {string} [type] */
export const saveText = (name, text, type = "text/plain") => saveFile(name, new Blob([text], { type: `${type};charset=utf-8` }));

/** @param {string} text */
export const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    /* Without https, or in a frame that may not: the old way. */
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};

/** Copy the text of an element as it is seen. False if there is none.
 * @param {string} selector @param {(text: string) => string} [marked] the text with a notice */
export const copyShown = async (selector, marked = (text) => text) => {
  const text = /** @type {HTMLElement | null} */ (document.querySelector(selector))?.innerText;
  if (!text) return false;
  await copyText(marked(text));
  return true;
};
