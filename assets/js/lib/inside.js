// @ts-check
/* "See inside": opens the tab "Inside" on a run of another tab. That tab may not have been mounted yet, so
 * what it shall show waits here. */
import { emit } from "./events.js";

/** @type {Partial<import("../types").InspectionRequest> | null} */
let waiting = null;

/** @param {Partial<import("../types").InspectionRequest>} subject */
export const seeInside = (subject) => {
  waiting = subject;
  window.location.hash = "#/hood";
  emit("hood:subject-waiting");
};

/** What waits, once. */
export const takeSubject = () => {
  const taken = waiting;
  waiting = null;
  return taken;
};
