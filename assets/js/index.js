// @ts-check
/* Where Gradio meets the scripts of the page: each component that a script draws is mounted here. */
import { madeNow } from "./lib/active_models.js";
import { laterTabs, preload, preloadOthers } from "./lib/preload.js";
import { loaded, loadLater, templates } from "./lib/resources.js";
import { settle } from "./lib/settle.js";

/**
 * @typedef {object} Component what Gradio hands to the script of a `gr.HTML`
 * @property {HTMLElement} element the place of the component
 * @property {any} props its properties; `value` may be set
 * @property {(event: string, detail?: object) => void} trigger raise an event of the component
 * @property {any} server its server functions
 * @property {(props: string | string[], callback: () => void) => void} watch tells of changed properties
 */

/** Note which button is pressed while the module of a component is on its way: what the server rendered can be seen by then.
 * @param {HTMLElement} element @returns {() => void} to be called when it is there: presses the last one of them */
const pressedEarly = (element) => {
  /** @type {HTMLElement | null} */
  let button = null;
  const note = (/** @type {Event} */ event) => {
    button = /** @type {Element} */ (event.target).closest("button");
  };
  element.addEventListener("click", note);
  return () => {
    element.removeEventListener("click", note);
    if (button?.isConnected) button.click();
  };
};

/** Mount a component: put its markup in and hand it to its module.
 * @param {string} name `tab/component`: the module is `tab/index.js`, which exports a function for each component
 * @param {Component} given */
export const mount = async (name, given) => {
  const [tab, part] = name.split("/");
  const pressAgain = pressedEarly(given.element);
  preload(tab);
  await loaded;
  if (laterTabs.has(tab)) await loadLater();
  const [component, markup] = given.props.depends ? await madeNow(given) : [given, ""];
  if (given.props.markup) given.element.innerHTML = markup || templates[given.props.markup];
  const module = await import(`./${tab}/index.js`);
  await module[part](component);
  given.element.dataset.mounted = name;
  pressAgain();
  if (tab !== "page") settle();
  preloadOthers();
};
