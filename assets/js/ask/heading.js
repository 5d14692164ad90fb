// @ts-check
/* What stands around the messages: the choice before the first question, the name of the conversation after it, and
 * how much of the model's context is filled. */
import { create, parts } from "../lib/dom.js";
import { percentOf } from "../lib/figures.js";
import { bilingual, format, hasText } from "../lib/i18n.js";

/** @typedef {import("../types").ConversationItem} Conversation */
/** @typedef {import("../types").SubjectItem} Subject */

/** @param {number} count */
const grouped = (count) => count.toLocaleString("en");

/** The name of the collection that a conversation is about.
 * @param {Subject} subject @param {string} tag */
const collectionName = (subject, tag) => {
  const key = `search.collection.${subject.collection}`;
  const own = ["sample", "default"].includes(subject.collection) && hasText(key);
  const name = own ? format(tag, key) : subject.collection;
  return subject.documents.length ? format(tag, "ask.about.documents", { name, count: subject.documents.length }) : name;
};

/** @param {Conversation | null} conversation null for one that is being begun */
const titleOf = (conversation) => {
  const name = create("span", { className: "conversation-title", dir: "auto", textContent: conversation?.title ?? "" });
  if (!conversation) return name;
  const { kind, subject } = conversation;
  const about = create("span", { className: "note conversation-about" });
  if (kind === "library") about.append(bilingual("ask.about.library", { name: (/** @type {string} */ tag) => collectionName(subject, tag) }));
  else {
    const key = kind === "text" && !subject.name ? "ask.about.pasted" : `ask.about.${kind}`;
    about.append(bilingual(key, { name: subject.name, characters: grouped(subject.characters) }));
  }
  if (conversation.temporary) about.append(" · ", bilingual("ask.unsaved"));
  return create("span", {}, name, about);
};

/** @param {Element} element */
export const createHeading = (element) => {
  const part = parts(element);
  return {
    /** Before the first question there is a choice to make; afterwards there is a name.
     * @param {Conversation | null} conversation @param {boolean} begun whether there is a message
     * @param {string} kind of the conversation, or the one that is chosen */
    show(conversation, begun, kind) {
      part("about").hidden = begun;
      for (const name of ["starting", "what-comes"]) part(name).hidden = begun;
      part("new").hidden = !begun && !conversation;
      part("keep").hidden = !begun || !conversation?.temporary;
      part("ways").hidden = begun;
      part("name").hidden = !begun;
      part("name").replaceChildren(...(begun ? [titleOf(conversation)] : []));
      part("ask").classList.toggle("begun", begun);
      part("hint").replaceChildren(bilingual(`ask.hint.${kind}`));
    },
    /** How much of the model's context an answer filled.
     * @param {import("./tree.js").Answer | undefined} answer */
    showBudget(answer) {
      const { prompt_tokens: prompt, tokens = 0, context } = /** @type {any} */ (answer?.tokens ?? {});
      part("budget").hidden = !prompt || !context;
      if (!prompt || !context) return;
      const used = prompt + (Number(tokens) || 0);
      part("budget-fill").style.width = percentOf(Math.min(1, used / context));
      part("budget-said").replaceChildren(bilingual("ask.budget", { used: grouped(used), context: grouped(context) }));
    },
  };
};
