// @ts-check
/* Modules of tabs that are not shown yet are loaded once the page has come to rest, or when their tab is opened: all
 * at once, where the browser by itself asks for what a module imports only when it has that module. */

import { loadLater } from "./resources.js";

const REST = 1000;

/* On a phone, and where the browser is told to save data, a tab's modules are loaded when it is opened: most visits open
 * one or two, and bytes may cost money. */
const saves = window.matchMedia("(max-width: 700px)").matches || navigator["connection"]?.saveData === true;

/** @type {Record<string, string[]>} paths below the folder of the scripts, by tab */
const later = JSON.parse(document.getElementById("later-modules").textContent);
/** The tabs that are not shown first. */
export const laterTabs = new Set(Object.keys(later));
const asked = new Set();

/** Load what a tab needs. @param {string} tab */
export const preload = (tab) => {
  for (const path of later[tab] ?? []) {
    if (asked.has(path)) continue;
    asked.add(path);
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = new URL(`../${path}`, import.meta.url).href;
    document.head.append(link);
  }
  delete later[tab];
};

/* Safari knows no idle time. */
const whenIdle = window.requestIdleCallback ?? ((/** @type {() => void} */ callback) => setTimeout(callback, 200));

const preloadNext = () => {
  const [tab] = Object.keys(later);
  if (!tab) {
    loadLater();
    return;
  }
  preload(tab);
  whenIdle(preloadNext);
};

let timer = 0;

/** Load what the other tabs need, one tab after the other, when this was not called for a while. */
export const preloadOthers = () => {
  if (saves) return;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => whenIdle(preloadNext), REST);
};
