// @ts-check
/* Dialogs over the page. A click beside one, or on a button in it with `data-act="close"`, closes it; the browser
 * closes it by Escape and gives the focus back. */

/** @param {HTMLDialogElement} dialog @param {string} [close] selector of what closes it */
export const dismissable = (dialog, close = "[data-act=close]") => {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || /** @type {Element} */ (event.target).closest(close)) dialog.close();
  });
  return dialog;
};
