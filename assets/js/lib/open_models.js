// @ts-check
/* Opens the Models tab at the models of a task. That tab may not have been mounted yet, so the task waits here. */
import { emit } from "./events.js";

/** @typedef {{ task: string, instructed: boolean }} Wanted `instructed`: a model that follows instructions is wanted */

/** @type {Wanted | null} */
let waiting = null;

/** @param {string} task @param {boolean} [instructed] */
export const openModels = (task, instructed = false) => {
  waiting = { task, instructed };
  window.location.hash = "#/models";
  emit("models:wanted");
};

/** What waits, once. */
export const takeWanted = () => {
  const taken = waiting;
  waiting = null;
  return taken;
};
