// @ts-check
/* The card of the first start: what this machine has, what fits, and one button that gets it. It is away for good
 * once it was dismissed, or when all of the set is here. */
import { create, parts } from "../lib/dom.js";
import { fileSize } from "../lib/figures.js";
import { bilingual, format } from "../lib/i18n.js";
import { read, write } from "../lib/storage.js";
import { downloadWords, GOING } from "./progress.js";

/** @typedef {import("../types").ModelsResponse} Models */
/** @typedef {import("../types").WorkResponse} Work */

const DISMISSED = "llama_demo.models_first";

/** What the set does, as parts of a sentence: it writes with A, translates with B and C.
 * @param {string} tag @param {[string, string][]} models task and name of each */
const doings = (tag, models) => {
  const tasks = [...new Set(models.map(([task]) => task))];
  const named = tasks.map((task) => {
    const names = new Intl.ListFormat(tag, { type: "conjunction" }).format(models.filter((one) => one[0] === task).map((one) => one[1]));
    return format(tag, `models.first.does.${task}`, { names: names.replace(/(?<=\w)和(?=\w)/g, " 和 ") });
  });
  return new Intl.ListFormat(tag, { type: "conjunction" }).format(named);
};

/** What is there of the set's downloads. @param {Work} work @param {string[]} repositories */
const sumOf = ({ downloads }, repositories) => {
  const own = downloads.filter((one) => repositories.includes(one.repository) && one.state !== "cancelled");
  const sum = (/** @type {(one: import("../types").DownloadItem) => number} */ figure) => own.reduce((all, one) => all + figure(one), 0);
  const speed = sum((one) => (one.state === "running" ? one.speed : 0));
  const [done, total] = [sum((one) => one.done), sum((one) => one.total)];
  return { own, done, total, speed, left: speed ? (total - done) / speed : null };
};

/** @param {Element} element */
export const createFirstStart = (element) => {
  const part = parts(element);
  let repositories = /** @type {string[]} */ ([]);

  /** @param {Work} work */
  const showProgress = (work) => {
    const { own, done, total, speed, left } = sumOf(work, repositories);
    const going = own.filter((one) => GOING.includes(one.state));
    part("first-progress").hidden = !going.length;
    part("get-set").hidden = going.length > 0;
    if (!going.length) return;
    part("first-bar").value = total ? done / total : 0;
    const state = going.some((one) => one.state === "running") ? "running" : going[0].state;
    const { key, values } = downloadWords({ ...going[0], state, done, total, speed, seconds_left: left });
    part("first-state").replaceChildren(bilingual(key, values));
  };

  return {
    /** @param {Models} seen @param {Work} work */
    show({ recommended, machine, changeable }, work) {
      if (recommended) repositories = recommended.repositories;
      const shown = Boolean(recommended) && changeable && read(DISMISSED) !== "yes";
      part("first").hidden = !shown;
      if (!shown || !recommended) return;
      const values = {
        memory: fileSize(machine.memory),
        size: fileSize(recommended.bytes),
        does: (/** @type {string} */ tag) => doings(tag, recommended.models),
      };
      part("first-text").replaceChildren(bilingual(`models.first.text.${machine.device === "cpu" ? "cpu" : "gpu"}`, { ...values, device: machine.device_name }));
      if (!recommended.disk_fits) part("first-text").append(" ", create("span", {}, bilingual("models.first.disk", { disk: fileSize(machine.disk) })));
      part("get-set").replaceChildren(bilingual("models.first.get", values));
      part("get-set").disabled = !recommended.disk_fits;
      part("get-set").dataset.size = recommended.size;
      showProgress(work);
    },
    showProgress,
    dismiss() {
      write(DISMISSED, "yes");
      part("first").hidden = true;
    },
  };
};
