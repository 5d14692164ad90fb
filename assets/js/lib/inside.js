// @ts-check
/* "See inside": opens the tab "Inside" on a run of another tab. */
import { createMailbox } from "./mailbox.js";

/** @type {ReturnType<typeof createMailbox<Partial<import("../types").InspectionRequest>>>} */
const subjects = createMailbox("hood:subject-waiting");

/** @param {Partial<import("../types").InspectionRequest>} subject */
export const seeInside = (subject) => {
  window.location.hash = "#/hood";
  subjects.leave(subject);
};

/** What waits, once. */
export const takeSubject = subjects.take;

/** @type {ReturnType<typeof createMailbox<string>>} */
const steps = createMailbox("hood:step-waiting");

/** Open the tab "Inside" at a step. @param {string} step */
export const openStep = (step) => {
  window.location.hash = "#/hood";
  steps.leave(step);
};

/** The step that waits, once. */
export const takeStep = steps.take;
