// @ts-check
/* Keys that act on a whole tab, and the dialog that lists them. While a person types, only those with a modifier
 * and Escape act; while an input method is open none does: its Enter confirms a candidate. */

const FIELDS = "textarea, select, [contenteditable=true], input:not([type=range]):not([type=checkbox]):not([type=radio])";

/** Whether a key belongs to an input method that is putting a word together.
 * @param {KeyboardEvent} event */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** @param {EventTarget | null} target */
export const isTyping = (target) => Boolean(/** @type {Element | null} */ (target)?.closest?.(FIELDS));

/** Steps of the arrow keys through a list. @type {Readonly<Record<string, number>>} */
export const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Listen for the keys of a tab.
 * @param {object} options
 * @param {Element} options.element part of the tab: keys act while it is shown
 * @param {HTMLDialogElement} options.dialog the list of keys; its checkbox switches single letters off
 * @param {Record<string, () => void>} options.letters what each single key does; `?` opens the list
 * @param {(event: KeyboardEvent) => void} [options.other] Escape, and keys with a modifier */
export const tabKeys = ({ element, dialog, letters, other }) => {
  const enabled = /** @type {HTMLInputElement} */ (dialog.querySelector("input[type=checkbox]"));
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (!element.checkVisibility()) return;
    if (event.key === "Escape" || event.ctrlKey || event.metaKey) {
      other?.(event);
      return;
    }
    if (event.altKey || isTyping(event.target)) return;
    if (event.key === "?") dialog.showModal();
    const act = letters[event.key.toLowerCase()];
    if (!act || !enabled.checked) return;
    event.preventDefault();
    act();
  });
};
