// @ts-check
/* How often what was decided, as tables. */
import { create } from "../lib/dom.js";
import { percentOf } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";

/** @typedef {"category" | "rule" | "day"} Column */
/** @typedef {Record<string, Record<string, string>>} Categories names by code and language tag */

/** @type {Column[]} */
export const COLUMNS = ["category", "rule", "day"];

/** A category by its name, one of an earlier policy by its code. @param {Categories} categories @param {string} code */
export const categoryName = (categories, code) => (/** @type {string} */ tag) => categories[code]?.[tag] ?? code;

/** @param {string} day ISO 8601 */
const dayName = (day) => (/** @type {string} */ tag) => new Date(`${day}T12:00`).toLocaleDateString(tag, { dateStyle: "medium" });

/** @param {Column} column @param {string} name @param {Categories} categories */
const head = (column, name, categories) => {
  const cell = create("th", { scope: "row" });
  if (column === "rule") cell.append(create("code", { textContent: name }));
  else cell.append(bilingual("models.name", { name: column === "day" ? dayName(name) : categoryName(categories, name) }));
  return cell;
};

/** @param {Column} column @param {import("../types").DecisionCountsResponse} counts @param {Categories} categories */
export const countTable = (column, counts, categories) => {
  const rows = counts[`by_${column}`].map(({ name, decisions, false_positives: wrong }) =>
    create("tr", {}, head(column, name, categories), ...[decisions, wrong, percentOf(wrong / decisions)].map((value) => create("td", { textContent: value }))),
  );
  const titles = [`safety.count.name.${column}`, "safety.count.decisions", "safety.count.false_positives", "safety.count.rate"];
  const top = create("tr", {}, ...titles.map((key) => create("th", { scope: "col" }, bilingual(key))));
  const caption = create("caption", {}, bilingual(`safety.count.${column}`));
  return create("table", { className: "safety-table" }, caption, create("thead", {}, top), create("tbody", {}, ...rows));
};
