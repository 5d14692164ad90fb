// @ts-check
/* The model that was trained on this page, which the tab "Inside" hands to the tab "Generate". */
import { emit } from "./events.js";
import { createMailbox } from "./mailbox.js";

let name = "";
/** @type {ReturnType<typeof createMailbox<string>>} */
const prompts = createMailbox("training:model-wanted");

/** Its name among the models; empty for none. */
export const trainedModel = () => name;

/** @param {string} id of the training; empty once its model is gone */
export const holdTrainedModel = (id) => {
  name = id ? `trained:${id}` : "";
  emit("training:model-changed");
};

/** Let it write from now on. @param {string} prompt */
export const writeWithTrainedModel = (prompt) => {
  window.location.hash = "#/generate";
  prompts.leave(prompt);
};

/** The prompt that waits for it, once; null for none. */
export const takeWaitingPrompt = prompts.take;
