// @ts-check
/* The card of what is being sent and indexed. */
import { create, parts } from "../lib/dom.js";
import { bilingual, format } from "../lib/i18n.js";

/** @typedef {import("../types").ProgressResponse} Progress */
/** @typedef {{ name: string, reason: string | (() => Node) }} Rejected `reason`: HTML escaped by the server, or a text of ours */

/** @type {Progress} */
export const NO_PROGRESS = { done: 0, total: 0, running: false, stopped: false, added: 0, unchanged: [], failed: [], current: "", seconds_left: null };

/** @param {Rejected} one */
const rejection = (one) => {
  const reason = create("span", { className: "reason" });
  if (typeof one.reason === "string") reason.innerHTML = one.reason;
  else reason.append(one.reason());
  return create("li", {}, create("strong", { textContent: one.name, dir: "auto" }), reason);
};

/** What became of the files; what is true of none of them is not told.
 * @param {string} tag @param {{ added: number, unchanged: number, failed: number }} counts */
const outcome = (tag, counts) => {
  const told = Object.entries(counts).filter(([name, count]) => count || (name === "added" && !counts.unchanged && !counts.failed));
  return told.map(([name, count]) => format(tag, `library.job.${name}`, { count })).join(format(tag, "library.job.and"));
};

/** @param {Progress} progress @param {boolean} sending */
const stateKey = ({ running, stopped, seconds_left: left }, sending) => {
  if (sending) return "library.job.sending";
  if (running) return left === null ? "library.job.running" : "library.job.left";
  return stopped ? "library.job.stopped" : "library.job.done";
};

/** @param {Element} element @param {(key: string, values: object) => void} say */
export const createJobCard = (element, say) => {
  const part = parts(element);
  return {
    /** @param {boolean} shown */
    show(shown) {
      part("job").hidden = !shown;
    },
    /** @param {Progress} progress @param {{ done: number, total: number } | null} sending how many files have been sent
     * @param {Rejected[]} rejected files that were not sent */
    draw(progress, sending, rejected) {
      const { done, total, running, stopped, added, unchanged, failed } = progress;
      const busy = running || Boolean(sending);
      const all = [...rejected, ...failed];
      const left = progress.seconds_left === null ? 0 : Math.max(1, Math.ceil(progress.seconds_left));
      const counts = (tag) => outcome(tag, { added, unchanged: unchanged.length, failed: all.length });
      const values = sending ? { done: sending.done, total: sending.total } : { done, total, left, counts };
      const key = stateKey(progress, Boolean(sending));
      part("job-state").replaceChildren(bilingual(key, values));
      const bar = part("job-bar");
      bar.hidden = !busy;
      bar.max = Math.max(1, sending ? sending.total : total);
      bar.value = sending ? sending.done : done;
      part("job-current").replaceChildren(...(busy && progress.current ? [bilingual("library.job.current", { name: progress.current })] : []));
      part("refused").replaceChildren(...all.map(rejection));
      part("job-stop").hidden = !busy;
      part("job-dismiss").hidden = busy;
      if (!busy && (done || all.length || stopped)) say(key, values);
    },
  };
};
