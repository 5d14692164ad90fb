// @ts-check
/* The state of the tab, which its parts share: one conversation, and what is on its way. */
import { createTree, emptyTree } from "./tree.js";

/** @typedef {object} PendingQuestion a question that was sent and is not stored yet
 * @property {string} text
 * @property {string[]} path ids of the questions above it */

/** @typedef {object} Session
 * @property {import("../types").ConversationItem | null} conversation that is shown; null before its first question
 * @property {import("./tree.js").Tree} tree its messages
 * @property {PendingQuestion | null} pending
 * @property {number} request number of the newest request; lines of an earlier one are not shown
 * @property {boolean} busy whether something is being answered */

const STORED = "llama_demo.ask.conversation";

/** @returns {Session} */
export const createSession = () => ({ conversation: null, tree: emptyTree(), pending: null, request: 0, busy: false });

/** Show another conversation; what still comes for the one before is not shown.
 * @param {Session} session @param {import("../types").ConversationResponse | null} conversation null for a new one */
export const showConversation = (session, conversation) => {
  session.conversation = conversation;
  session.tree = createTree(conversation?.messages ?? [], conversation?.leaf);
  session.pending = null;
  session.request += 1;
  session.busy = false;
  storeConversation(session);
};

/** Remember which conversation a reload shows; one that is not stored cannot be shown again.
 * @param {Session} session */
export const storeConversation = ({ conversation }) => store(STORED, conversation && !conversation.temporary ? conversation.id : "");

export const storedConversation = () => stored(STORED);

/** What this tab of the browser remembers until it is closed. @param {string} key @returns {string | null} */
export const stored = (key) => {
  try {
    return window.sessionStorage.getItem(key);
  } catch {
    return null;
  }
};

/** @param {string} key @param {string} value nothing forgets it */
export const store = (key, value) => {
  try {
    if (value) window.sessionStorage.setItem(key, value);
    else window.sessionStorage.removeItem(key);
  } catch {
    /* storage is blocked: the page begins anew after a reload */
  }
};
