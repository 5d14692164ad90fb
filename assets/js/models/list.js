// @ts-check
/* The models of a task, each in a row that stays while the list is drawn anew. */
import { text } from "../lib/i18n.js";
import { createRow, keyOf } from "./row.js";

/** @typedef {import("../types").ModelsResponse} Models */
/** @typedef {import("../types").WorkResponse} Work */

/** @param {HTMLElement} place */
export const createList = (place) => {
  /** @type {Map<string, ReturnType<typeof createRow>>} */
  const rows = new Map();

  /** @param {Models} seen @param {Work} work @param {string} task */
  return (seen, work, task) => {
    const { machine, changeable, token, models } = seen;
    place.ariaLabel = text(`models.task.${task}`);
    const about = { machine, changeable, token };
    const shown = models.filter((one) => one.task === task).map((offer) => {
      const download = work.downloads.find((one) => one.repository === offer.repository && one.state !== "cancelled");
      const switching = work.switch?.name === offer.name ? work.switch : undefined;
      const row = { offer, download, switching };
      const key = keyOf(offer);
      const known = rows.get(key);
      if (known) known.update(row, about);
      else rows.set(key, createRow(row, about));
      return /** @type {ReturnType<typeof createRow>} */ (rows.get(key)).element;
    });
    if (shown.length !== place.children.length || shown.some((one, index) => place.children[index] !== one)) place.replaceChildren(...shown);
  };
};
