// @ts-check
/* Another model: a repository of the hub or a folder of this machine, whose configuration is read first. */
import { pillButton } from "../lib/button.js";
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { isTooLarge } from "./actions.js";
import { createRow } from "./row.js";

/** @param {Element} element @param {import("../types").ModelsServer} api
 * @param {{ about: () => import("./row.js").About, added: () => Promise<void> }} options */
export const createAdding = (element, api, { about, added }) => {
  const part = parts(element);
  const notice = noticeIn(part("add-problem"));
  const field = /** @type {HTMLInputElement} */ (part("adding").querySelector("input"));

  /** @param {string} source @param {import("../types").ModelSourceResponse} found */
  const show = (source, { offer, reason }) => {
    if (!offer) {
      const sentence = create("p", { className: "problem", innerHTML: reason }); /* escaped by the server */
      part("verdict").replaceChildren(create("p", { className: "verdict-no" }, bilingual("models.add.no")), sentence);
      return;
    }
    const row = createRow({ offer }, { ...about(), changeable: false });
    const add = pillButton("add", !offer.repository ? "models.add.folder" : isTooLarge(offer) ? "models.act.get-anyway" : "models.add.get");
    add.classList.add("model-main");
    add.addEventListener("click", () => take(source, offer));
    part("verdict").replaceChildren(create("p", { className: "verdict-yes" }, bilingual("models.add.yes")), create("ul", { className: "model-rows" }, row.element), create("div", { className: "models-acts" }, add));
  };

  /** @param {string} source @param {import("../types").OfferItem} offer */
  const take = async (source, offer) => {
    try {
      if (offer.repository) await api.get({ repository: offer.repository, insist: isTooLarge(offer) });
      else await api.add_folder({ source });
      part("verdict").replaceChildren(create("p", { className: "verdict-yes" }, bilingual("models.add.added")));
      field.value = "";
      notice.clear();
      await added();
    } catch (error) {
      notice.show(error);
    }
  };

  part("add-form").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const source = field.value.trim();
    notice.clear();
    part("verdict").replaceChildren(create("p", { className: "note" }, bilingual("models.add.reading")));
    try {
      show(source, await api.inspect({ source }));
    } catch (error) {
      part("verdict").replaceChildren();
      notice.show(error);
    }
  });
};
