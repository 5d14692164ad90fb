// @ts-check
/* Which half of the tab is shown, passages or documents; the style sheet reads it from the root element. */
import { emit, listen } from "../lib/events.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  /** @param {string} view `find` or `documents` */
  const show = (view) => {
    document.documentElement.dataset.searchView = view;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-view]"))) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    emit("search:view-changed", view);
  };
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-view]"));
    if (button) show(button.dataset.view ?? "find");
  });
  listen("search:view-wanted", show);
};
