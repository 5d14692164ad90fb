// @ts-check
/* The models that serve the tasks now. The page was made with those of the start of the program; another one that
 * was chosen since is told by "models:switched". */
import { client, RequestError } from "./client.js";
import { emit, listen } from "./events.js";

/** @typedef {import("../types").ActiveModelItem} ActiveModelItem */
/** @typedef {import("../index.js").Component} Component */

/** @type {Map<string, ActiveModelItem>} */
let active = new Map();
/** @type {Map<string, string>} names with which the page was made, by task */
const first = new Map();
/** @type {Set<string>} tasks of the models that mounted components were made for */
const depended = new Set();
/** @type {() => void} */
let tellKnown;
const known = /** @type {Promise<void>} */ (new Promise((resolve) => (tellKnown = resolve)));

/** The model of a task. @param {string} task */
export const activeModel = (task) => active.get(task);

const REMOTE = "remote"; /* the device of a model of another server, to which what is written goes */

/** @param {ActiveModelItem | undefined} model */
export const isElsewhere = (model) => model?.device === REMOTE;

/** The model of another server. @param {string} task @param {string} name @returns {ActiveModelItem} */
export const modelElsewhere = (task, name) => ({ task, name, parameters: 0, device: REMOTE });

/** @param {string} task */
const isOther = (task) => first.get(task) !== active.get(task)?.name;

/** @param {ActiveModelItem[]} models those with which the page was made */
export const setFirstModels = (models) => {
  for (const one of models) first.set(one.task, one.name);
  if (!active.size) active = new Map(models.map((one) => [one.task, one]));
};

/** No other models are known of than those with which the page was made. */
export const keepFirstModels = () => tellKnown();

/** @param {ActiveModelItem[]} models */
export const setActiveModels = (models) => {
  const tasks = models.filter((one) => one.name !== active.get(one.task)?.name).map((one) => one.task);
  active = new Map(models.map((one) => [one.task, one]));
  tellKnown();
  emit("models:known");
  for (const task of tasks) emit("models:switched", task);
  if (tasks.some((task) => depended.has(task))) emit("page:outdated");
};

/** Call back when a task has another model than the page was made with: at once if it has, and after each switch.
 * @param {string} task @param {() => void} callback */
export const onSwitch = (task, callback) => {
  listen("models:switched", (switched) => {
    if (switched === task) callback();
  });
  if (first.has(task) && isOther(task)) callback();
};

/** A component that depends on models, as those of now have it: with new properties and markup if they are others
 * than the page was made with. @param {Component} component @returns {Promise<[Component, string]>} */
export const madeNow = async (component) => {
  /** @type {string[]} */
  const tasks = component.props.depends;
  await known;
  for (const task of tasks) depended.add(task);
  if (!tasks.some(isOther)) return [component, ""];
  try {
    const { markup, props } = await /** @type {import("../types").MadeServer} */ (client(component.server)).made();
    const overlaid = new Proxy(component.props, { get: (own, name) => (name in props ? props[/** @type {string} */ (name)] : own[name]) });
    return [{ ...component, props: overlaid }, markup];
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return [component, ""]; /* better the page of the start than none */
  }
};
