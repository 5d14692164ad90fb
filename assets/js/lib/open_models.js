// @ts-check
/* Opens the Models tab at the models of a task. */
import { createMailbox } from "./mailbox.js";

/** @typedef {{ task: string, instructed: boolean }} Wanted `instructed`: a model that follows instructions is wanted */

/** @type {ReturnType<typeof createMailbox<Wanted>>} */
const wanted = createMailbox("models:wanted");

/** @param {string} task @param {boolean} [instructed] */
export const openModels = (task, instructed = false) => {
  window.location.hash = "#/models";
  wanted.leave({ task, instructed });
};

/** What waits, once. */
export const takeWanted = wanted.take;
