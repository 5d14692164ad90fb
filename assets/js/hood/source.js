// @ts-check
/* The source of a function of ours, in a dialog. */
import { parts } from "../lib/dom.js";
import { dismissable } from "../lib/dialog.js";

/** @param {HTMLElement} element @param {import("../types").InspectionServer} api
 * @param {(error: unknown) => void} failed */
export const createSourceView = (element, api, failed) => {
  const part = parts(element);
  const dialog = dismissable(part("source-dialog"));
  return async (/** @type {string} */ name) => {
    try {
      const { file, first_line: line, name: called, code } = await api.source_code({ name });
      part("source-title").textContent = `${called} · ${file}:${line}`;
      part("source-code").textContent = code;
      dialog.showModal();
    } catch (error) {
      failed(error);
    }
  };
};
