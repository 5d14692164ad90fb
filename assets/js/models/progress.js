// @ts-check
/* How far a download or a loading has come: a bar, and a line in words. */
import { create } from "../lib/dom.js";
import { fileSize } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";
import { duration } from "./words.js";

/** @typedef {import("../types").DownloadItem} DownloadItem */
/** @typedef {import("../types").SwitchItem} SwitchItem */

/** States of a download in which something of it is there or comes. */
export const GOING = ["waiting", "checking", "running", "paused", "verifying"];

/** @param {DownloadItem} download @returns {{ key: string, values: import("../lib/i18n.js").Values }} */
export const downloadWords = ({ state, done, total, speed, seconds_left: left }) => {
  const values = { done: fileSize(done), total: total ? fileSize(total) : "?", percent: total ? Math.floor((100 * done) / total) : 0 };
  if (state !== "running") return { key: `models.download.${state}`, values };
  if (!speed) return { key: "models.download.begun", values };
  const told = { ...values, speed: fileSize(speed), left: left === null ? () => "" : duration(left) };
  return { key: left === null ? "models.download.going" : "models.download.running", values: told };
};

/** A bar with its line, to be drawn again and again.
 * @param {() => string} name of the bar for screen readers */
export const createProgress = (name) => {
  const bar = create("progress", { max: 1 });
  const line = create("p", { className: "note" });
  const element = create("div", { className: "models-progress", hidden: true }, bar, line);
  /** @param {number | null} share @param {string} key @param {import("../lib/i18n.js").Values} values */
  const show = (share, key, values) => {
    element.hidden = false;
    bar.setAttribute("aria-label", name());
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    line.replaceChildren(bilingual(key, values));
  };
  return {
    element,
    hide() {
      element.hidden = true;
    },
    /** @param {DownloadItem} download */
    download(download) {
      const { key, values } = downloadWords(download);
      const waits = ["waiting", "checking"].includes(download.state) || !download.total;
      show(waits && download.state !== "paused" ? null : download.done / Math.max(1, download.total), key, values);
    },
    /** @param {SwitchItem} switching */
    loading({ state, done, total }) {
      const known = state === "loading" && total > 0;
      show(known ? done / total : null, known ? "models.switch.loading" : "models.switch.waiting", { done: fileSize(done), total: fileSize(total) });
    },
  };
};
