// @ts-check
/* A model at work: its licence, and its card when it is asked for. */
import { create } from "../lib/dom.js";
import { bilingual, format } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { richNode } from "../lib/rich_text.js";

/** The name of a model, by language tag. @param {import("../types").ModelCardItem} model @returns {(tag: string) => string} */
const nameOf = ({ name, bundled }) => (tag) => (bundled ? format(tag, `models.bundled.${name}`) : name);

/** The card, which is read when it is opened first.
 * @param {import("../types").ModelCardItem} model @param {import("../types").SafetyServer} api */
const card = (model, api) => {
  const text = create("div", { className: "answer-text safety-card" }, create("p", { className: "note" }, bilingual("safety.models.reading")));
  const details = create("details", {}, create("summary", {}, bilingual("safety.models.card")), text);
  let asked = false;
  details.addEventListener("toggle", async () => {
    if (!details.open || asked) return;
    asked = true;
    try {
      const { blocks } = await api.card({ name: model.name });
      text.replaceChildren(...blocks.map(richNode));
    } catch (error) {
      asked = false;
      noticeIn(text).show(error);
    }
  });
  return details;
};

/** @param {import("../types").ModelCardItem} model @param {import("../types").SafetyServer} api */
export const modelRow = (model, api) => {
  const { task, licence, has_card: hasCard } = model;
  const head = create("p", { className: "safety-model" });
  head.append(create("strong", {}, bilingual("models.name", { name: nameOf(model) })));
  head.append(create("span", { className: "badge" }, bilingual(`models.task.${task}`)));
  head.append(create("span", {}, bilingual(licence ? "safety.models.licence" : "safety.models.no_licence", { licence })));
  return create("li", {}, head, hasCard ? card(model, api) : create("p", { className: "note" }, bilingual("safety.models.no_card")));
};
