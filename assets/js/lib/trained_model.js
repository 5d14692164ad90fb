// @ts-check
/* The model that was trained on this page, which the tab "Inside" hands to the tab "Generate". That tab may not have
 * been mounted yet, so what it shall do waits here. */
import { emit } from "./events.js";

let name = "";
/** @type {string | null} */
let waiting = null;

/** Its name among the models; empty for none. */
export const trainedModel = () => name;

/** @param {string} id of the training; empty once its model is gone */
export const holdTrainedModel = (id) => {
  name = id ? `trained:${id}` : "";
  emit("training:model-changed");
};

/** Let it write from now on. @param {string} prompt */
export const writeWithTrainedModel = (prompt) => {
  waiting = prompt;
  window.location.hash = "#/generate";
  emit("training:model-wanted");
};

/** The prompt that waits for it, once; null for none. */
export const takeWaitingPrompt = () => {
  const taken = waiting;
  waiting = null;
  return taken;
};
