// @ts-check
/* The collections of the library as options of a select. */
import { create } from "./dom.js";
import { text } from "./i18n.js";

/** @typedef {import("../types").CollectionItem} CollectionItem */

/** @param {string} value @param {string} label @param {string} chosen @returns {HTMLOptionElement} */
export const option = (value, label, chosen) => create("option", { value, selected: value === chosen }, label);

/** @param {CollectionItem} collection */
export const collectionOption = (collection, /** @type {string} */ chosen) => {
  const name = collection.key ? text(collection.key) : collection.name;
  return option(collection.name, text("search.collection.one", { name, count: collection.documents }), chosen);
};

/** The collections that can be searched: the samples, even before they are indexed, and what has documents.
 * @param {CollectionItem[]} collections */
export const searchable = (collections) => {
  const own = collections.filter((one) => !one.shared && one.documents);
  const listed = [...collections.filter((one) => one.shared), ...own];
  if (!listed.some((one) => one.name === "sample")) {
    listed.unshift({ name: "sample", key: "search.collection.sample", documents: 0, chunks: 0, shared: true });
  }
  return { listed, own };
};
