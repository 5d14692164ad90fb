// @ts-check
/* Elements of the page. Whatever text goes in, goes in as text. */

/** @param {string} tag @param {Record<string, any>} [properties] @param {...(Node | string)} children
 * @returns {any} the element; `any`, so that a caller need not narrow what it has just made */
export const create = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/** Finds the parts of a component by their `data-part`.
 * @param {Element} element @returns {(name: string) => any} */
export const parts = (element) => (name) => element.querySelector(`[data-part="${name}"]`);

/** Bring a part of the page into view if its top is not; at once, for those who want no motion too.
 * @param {string} selector */
export const reveal = (selector) => {
  const part = document.querySelector(selector);
  const top = part?.getBoundingClientRect().top ?? 0;
  if (top < 0 || top > window.innerHeight * 0.8) part?.scrollIntoView({ block: "center" });
};

/** Put a text into one of Gradio's text boxes, as if it had been typed.
 * @param {string} selector @param {string} text */
export const fill = (selector, text) => {
  const area = /** @type {HTMLTextAreaElement} */ (document.querySelector(`${selector} textarea`));
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
};
