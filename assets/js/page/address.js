// @ts-check
/* The tab that is shown stands in the address: a reload or a link opens it, and Back and Forward go between
 * those that were visited. It stands there with a slash, #/ask: were it an element's id, the browser would
 * scroll to the element and take the focus away. */
import { emit } from "../lib/events.js";

export const keepTabInAddress = () => {
  const tabs = document.querySelector(".tab-container[role=tablist]");
  /** @returns {HTMLElement | null} */
  const selected = () => tabs.querySelector("[aria-selected=true]");
  /* The tab of the address, the first one if it names none; nothing if what it names is no tab. */
  /** @returns {HTMLElement | null} */
  const asked = () => {
    const name = window.location.hash.replace(/^#\/?/, "");
    return tabs.querySelector(name ? `[data-tab-id="${CSS.escape(name)}"]` : "[data-tab-id]");
  };
  const open = () => {
    const tab = asked();
    if (tab !== selected()) tab?.click();
  };
  /* The focus goes along, so that a screen reader names the tab, unless it is in what stays. */
  const follow = () => {
    const focused = document.activeElement;
    open();
    if (focused === document.body || focused?.closest(".tabs")) asked()?.focus();
  };
  /** @type {string | undefined} */
  let opened;
  const announce = () => {
    const id = selected()?.dataset.tabId;
    if (!id || id === opened) return;
    opened = id;
    emit("page:tab-opened", id);
  };
  const tell = () => {
    announce();
    const tab = selected();
    const { pathname, search } = window.location;
    if (tab && tab !== asked()) window.history.pushState(null, "", `${pathname}${search}#/${tab.dataset.tabId}`);
  };
  open(); /* of the address's tab, which is selected a moment later */
  announce();
  new MutationObserver(tell).observe(tabs, { subtree: true, attributes: true, attributeFilter: ["aria-selected"] });
  window.addEventListener("popstate", follow);
};
