// @ts-check
/* What the server streams while it answers, line by line, applied to the conversation. */
import { addAnswer, addQuestion, changeAnswer, emptyTree } from "./tree.js";

/** @typedef {import("../types").ConversationLine} ConversationLine */
/** @typedef {import("../types").QuestionLine} QuestionLine */
/** @typedef {import("../types").AnswerLine} AnswerLine */
/** @typedef {import("../types").AnswerTextLine} AnswerTextLine */
/** @typedef {import("../types").AnswerBlocksLine} AnswerBlocksLine */
/** @typedef {import("../types").AnswerFactsLine} AnswerFactsLine */
/** @typedef {ConversationLine | QuestionLine | AnswerLine | AnswerTextLine | AnswerBlocksLine | AnswerFactsLine} UpdateLine */

/** @typedef {object} Shown the conversation that is shown
 * @property {import("../types").ConversationItem | null} conversation null before its first question
 * @property {import("./tree.js").Tree} tree */

/** The conversation after a line; any other line changes nothing.
 * @param {Shown} shown @param {UpdateLine | object} line @returns {Shown} */
export const applyLine = ({ conversation, tree }, line) => {
  if ("conversation" in line) {
    const same = conversation?.id === line.conversation.id;
    return { conversation: line.conversation, tree: same ? tree : emptyTree() };
  }
  return { conversation, tree: changedTree(tree, line) };
};

/** @param {import("./tree.js").Tree} tree @param {UpdateLine | object} line */
const changedTree = (tree, line) => {
  if ("question" in line) return addQuestion(tree, line.question);
  if ("answer" in line) return addAnswer(tree, line.answer);
  if ("text" in line) {
    const [id, kept, rest] = line.text;
    return changeAnswer(tree, id, ({ text }) => ({ text: text.slice(0, kept) + rest }));
  }
  if ("blocks" in line) {
    const [id, kept, rest] = line.blocks;
    return changeAnswer(tree, id, ({ blocks }) => ({ blocks: [...(blocks ?? []).slice(0, kept), ...rest] }));
  }
  if ("set" in line) {
    const [id, facts] = line.set;
    return changeAnswer(tree, id, () => facts);
  }
  return tree;
};

/** Whether a line brings another message, or another conversation.
 * @param {object} line */
export const isStructural = (line) => "conversation" in line || "question" in line || "answer" in line;

/** The id of the answer that a line changes, if it changes one.
 * @param {any} line @returns {string | undefined} */
export const changedAnswer = (line) => (line.text ?? line.blocks ?? line.set)?.[0];
