// @ts-check
/* The log of decisions: counts, the list with its marks, exports, and deletion. */
import { download } from "../lib/client.js";
import { confirmed, watchConfirmations } from "../lib/confirm.js";
import { create, parts } from "../lib/dom.js";
import { saveFile } from "../lib/files.js";
import { bilingual, format } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { COLUMNS, categoryName, countTable } from "./counts.js";

/** @typedef {import("../types").DecisionItem} DecisionItem */
/** @typedef {import("./counts.js").Categories} Categories */

/** @param {string} made ISO 8601 */
const moment = (made) => (/** @type {string} */ tag) => new Date(made).toLocaleString(tag, { dateStyle: "medium", timeStyle: "short" });

/** @param {DecisionItem} decision @param {Categories} categories */
const row = ({ number, made, tab, stage, action, category, layer, rule, version, false_positive: wrong }, categories) => {
  const words = (/** @type {string} */ key) => (/** @type {string} */ tag) => format(tag, key);
  const title = create("strong", { id: `decision-${number}` });
  title.append(bilingual("safety.decision", { action: words(`safety.action.${action}`), category: categoryName(categories, category) }));
  const mark = create("button", { type: "button", className: "pill-button small" }, bilingual(wrong ? "safety.marked" : "safety.mark"));
  Object.assign(mark.dataset, { act: "mark", number });
  mark.setAttribute("aria-pressed", String(wrong));
  mark.setAttribute("aria-describedby", title.id);
  const facts = [
    create("time", { dateTime: made }, bilingual("models.name", { name: moment(made) })),
    create("span", {}, bilingual("safety.decision.where", { tab: words(`safety.tab.${tab}`), stage: words(`safety.stage.${stage}`) })),
    create("code", {}, bilingual("safety.decision.rule", { layer, rule })),
    create("span", {}, bilingual("safety.decision.version", { version })),
  ];
  const item = create("li", { className: `safety-decision ${action}` }, title, create("p", { className: "note" }, ...facts), mark);
  item.classList.toggle("wrong", wrong);
  return item;
};

/** @param {HTMLElement} element @param {import("../types").SafetyServer} api */
export const createLog = (element, api) => {
  const part = parts(element);
  const notice = noticeIn(part("log-problem"));
  /** @type {Categories} */
  let categories = {};
  /** @type {DecisionItem[]} */
  let decisions = [];

  /** @param {import("../types").DecisionCountsResponse} counts */
  const drawCounts = (counts) => part("counts").replaceChildren(...COLUMNS.map((column) => countTable(column, counts, categories)));
  const drawEmptiness = () => {
    part("log-empty").hidden = decisions.length > 0;
    for (const name of ["tools", "counts"]) part(name).hidden = !decisions.length;
  };
  /** @param {import("../types").DecisionsResponse} response */
  const add = ({ decisions: further, has_more: hasMore }) => {
    decisions.push(...further);
    part("decisions").append(...further.map((one) => row(one, categories)));
    part("more").hidden = !hasMore;
    drawEmptiness();
  };
  const say = (/** @type {string} */ key, /** @type {import("../lib/i18n.js").Values} */ values) => part("log-status").replaceChildren(bilingual(key, values));

  /** @param {HTMLElement} button */
  const mark = async (button) => {
    const place = decisions.findIndex((one) => one.number === Number(button.dataset.number));
    const decision = { ...decisions[place], false_positive: !decisions[place].false_positive };
    const counts = await api.mark({ number: decision.number, false_positive: decision.false_positive });
    decisions[place] = decision;
    const next = row(decision, categories);
    button.closest("li")?.replaceWith(next);
    next.querySelector("button").focus();
    drawCounts(counts);
    const { decisions: count, false_positives: wrong } = counts.by_rule.find((one) => one.name === decision.rule) ?? { decisions: 0, false_positives: 0 };
    say(decision.false_positive ? "safety.said.marked" : "safety.said.unmarked", { rule: decision.rule, wrong, count });
  };
  const clear = async () => {
    await api.clear();
    decisions = [];
    part("decisions").replaceChildren();
    part("more").hidden = true;
    drawEmptiness();
    say("safety.log.cleared", {});
    /** @type {HTMLElement | null} */ (element.querySelector("#safety-log"))?.focus();
  };
  const save = async (/** @type {string} */ form) => {
    const { name, blob } = await download("safety/export", { form });
    saveFile(name, blob);
  };
  const more = async () => add(await api.older({ before: decisions[decisions.length - 1].number }));

  watchConfirmations(element);
  part("log").addEventListener("click", async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
    if (!button || !confirmed(button)) return;
    const { act, export: form } = button.dataset;
    try {
      if (form) await save(form);
      else if (act === "mark") await mark(button);
      else if (act === "more") await more();
      else if (act === "clear") await clear();
      notice.clear();
    } catch (error) {
      notice.show(error);
    }
  });
  return {
    /** @param {import("../types").DecisionLogResponse} log @param {Categories} names */
    show(log, names) {
      categories = names;
      decisions = [];
      part("log").hidden = false;
      part("decisions").replaceChildren();
      add(log.newest);
      drawCounts(log.counts);
    },
  };
};
