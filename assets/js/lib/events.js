// @ts-check
/* Events between the components of the page: `subject:what-happened`. */

const bus = new EventTarget();

/** @param {string} name @param {unknown} [detail] */
export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

/** @param {string} name @param {(detail: any) => void} listener */
export const listen = (name, listener) => bus.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail));
