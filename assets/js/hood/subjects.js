// @ts-check
/* What is looked into: for each task a text of the tour's, or one of the visitor's own. */
import { hasText, text } from "../lib/i18n.js";

/** @typedef {import("../types").InspectionRequest & { task: "generate" | "translate" | "ask" | "search", text: string }} Subject */

/** The text of the tour for a step and a task, in the language of the page.
 * @param {string} step @param {string} part @param {string} task */
const sample = (step, part, task) => {
  const own = `hood.sample.${step}.${task}${part}`;
  return hasText(own) ? text(own) : text(`hood.sample.${task}${part}`);
};

/** @param {string} step @param {any} task @returns {Subject} */
export const sampleSubject = (step, task) => {
  const [source, target] = task === "translate" ? sample(step, ".direction", task).split("-") : [];
  return {
    task,
    text: sample(step, "", task),
    ...(task === "ask" && { passage: sample(step, ".passage", task) }),
    ...(task === "translate" && { source, target }),
  };
};

export const createSubjects = () => {
  /** @type {Partial<Record<string, Subject>>} */
  const own = {};
  return {
    /** @param {string} step @param {string} task @param {boolean} free whether the visitor's own text counts */
    of: (step, task, free) => (free && own[task]) || sampleSubject(step, task),
    /** @param {Subject} subject */
    keep(subject) {
      own[subject.task] = subject;
    },
    /** @param {string} task */
    forget(task) {
      delete own[task];
    },
  };
};
