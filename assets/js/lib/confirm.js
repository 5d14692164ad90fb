// @ts-check
/* A button with `data-ask` needs two clicks: the first shows the question on it, and is forgotten when the focus
 * leaves the button or by Escape. */

/** Whether this click is the one that counts.
 * @param {HTMLElement} button */
export const confirmed = (button) => {
  if (!("ask" in button.dataset)) return true;
  return !button.classList.toggle("asking");
};

/** Forget first clicks inside of `element` as described above.
 * @param {HTMLElement} element */
export const watchConfirmations = (element) => {
  element.addEventListener("focusout", (event) => {
    /** @type {HTMLElement} */ (event.target).closest("button[data-ask]")?.classList.remove("asking");
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const button of element.querySelectorAll(".asking")) button.classList.remove("asking");
  });
};
