// @ts-check
/* The collections of the library as options of a select. */
import { create } from "./dom.js";
import { bilingual, text } from "./i18n.js";

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

/** Tell how far the samples are indexed, as long as they are not. True once they can be searched.
 * @param {HTMLElement} place @param {import("../types").SampleProgress} samples */
export const showPreparing = (place, { done, total }) => {
  const ready = total > 0 && done === total;
  place.hidden = ready;
  if (!ready) place.replaceChildren(bilingual(total ? "search.preparing" : "search.preparing.begun", { done, total }));
  return ready;
};
