// @ts-check
/* A conversation as a tree. A message knows its parent: versions, edits and branches are messages with the same
 * one. What is shown is one path through the tree and, of each question on it, the answers side by side.
 *
 * A tree is plain data, and no function changes the one that it is given. */

/** @typedef {import("../types").QuestionItem} Question */
/** @typedef {import("../types").AnswerItem} Answer */
/** @typedef {Question | Answer} Message */

/** @typedef {object} Tree
 * @property {readonly Message[]} messages in the order in which they were made
 * @property {Readonly<Record<string, string>>} chosen the id of the message that is shown, for each place that has
 *   several */

/** @typedef {object} Exchange a question of the path with its answers
 * @property {Question} question
 * @property {Answer[]} answers of each kind the version that is shown
 * @property {Answer | undefined} main the answer that the conversation goes on from */

/** @returns {Tree} */
export const emptyTree = () => ({ messages: [], chosen: {} });

/** A tree that shows the path to `leaf`; without it the newest versions.
 * @param {readonly Message[]} messages @param {string | null} [leaf] @returns {Tree} */
export const createTree = (messages, leaf = null) => choosePath({ messages, chosen: {} }, leaf);

/** @param {Tree} tree @param {string | null | undefined} id @returns {Message | undefined} */
export const find = (tree, id) => tree.messages.find((message) => message.id === id);

/** @param {Tree} tree @param {string | null} id @returns {Message[]} */
export const childrenOf = (tree, id) => tree.messages.filter((message) => message.parent === id);

/** @param {Tree} tree @param {string | null} id @returns {Answer[]} */
export const answersTo = (tree, id) => /** @type {Answer[]} */ (childrenOf(tree, id).filter((one) => one.role === "assistant"));

/** Who answers and how, which the versions of an answer have in common.
 * @param {Answer} answer */
export const kindOf = ({ variant }) => [variant.answerer, variant.grounded, variant.model ?? ""].join(" ");

/** The place of a message, which its versions share. @param {Message} message */
const placeOf = (message) => (message.role === "user" ? `question ${message.parent}` : `answer ${message.parent} ${kindOf(message)}`);

/** The place of the answer that a conversation goes on from. @param {string | null} question */
const mainPlace = (question) => `main ${question}`;

/** @template {Message} Kind @param {Tree} tree @param {Kind} message @returns {Kind[]} */
export const versionsOf = (tree, message) =>
  /** @type {Kind[]} */ (childrenOf(tree, message.parent).filter((other) => placeOf(other) === placeOf(message)));

/** @template {Message} Kind @param {Tree} tree @param {Kind[]} versions @returns {Kind} */
const shownOf = (tree, versions) =>
  versions.find((one) => tree.chosen[placeOf(one)] === one.id) ?? versions[versions.length - 1];

/** The answers of a question that stand side by side.
 * @param {Tree} tree @param {Question} question @returns {Answer[]} */
const besides = (tree, question) => {
  /** @type {Map<string, Answer[]>} */
  const kinds = new Map();
  for (const answer of answersTo(tree, question.id)) kinds.set(kindOf(answer), [...(kinds.get(kindOf(answer)) ?? []), answer]);
  return [...kinds.values()].map((versions) => shownOf(tree, versions));
};

/** The path that is shown, from the first question down.
 * @param {Tree} tree @returns {Exchange[]} */
export const exchanges = (tree) => {
  const path = [];
  /** @type {string | null} */
  let parent = null;
  for (;;) {
    const questions = /** @type {Question[]} */ (childrenOf(tree, parent).filter((message) => message.role === "user"));
    if (!questions.length) return path;
    const question = shownOf(tree, questions);
    const answers = besides(tree, question);
    const main =
      answers.find((answer) => tree.chosen[mainPlace(question.id)] === answer.id) ??
      answers.find((answer) => childrenOf(tree, answer.id).length) ??
      answers[0];
    path.push({ question, answers, main });
    if (!main) return path;
    parent = main.id;
  }
};

/** The id of the last message of the path, which the next question follows.
 * @param {Tree} tree @returns {string | null} */
export const endOfPath = (tree) => {
  const last = exchanges(tree).at(-1);
  return last ? (last.main ?? last.question).id : null;
};

/** The message, and those above it. @param {Tree} tree @param {string | null} id @returns {Message[]} */
export const ancestors = (tree, id) => {
  const path = [];
  for (let message = find(tree, id); message; message = find(tree, message.parent)) path.push(message);
  return path;
};

/** Show a message in its place. @param {Tree} tree @param {Message} message @returns {Tree} */
export const choose = (tree, message) => {
  const chosen = { ...tree.chosen, [placeOf(message)]: message.id };
  if (message.role === "assistant") chosen[mainPlace(message.parent)] = message.id;
  return { ...tree, chosen };
};

/** Show the path that leads to a message. @param {Tree} tree @param {string | null} id @returns {Tree} */
export const choosePath = (tree, id) => ancestors(tree, id).reduce(choose, tree);

/** Add a question if it is new, and show it. @param {Tree} tree @param {Question} question @returns {Tree} */
export const addQuestion = (tree, question) => {
  const messages = find(tree, question.id) ? tree.messages : [...tree.messages, question];
  return choose({ ...tree, messages }, question);
};

/** Add an answer and show it. A version takes the place of the answer that the conversation goes on from; an answer
 * of another kind stands beside it.
 * @param {Tree} tree @param {Answer} answer @returns {Tree} */
export const addAnswer = (tree, answer) => {
  if (find(tree, answer.id)) return tree;
  const main = exchanges(tree).find(({ question }) => question.id === answer.parent)?.main;
  const grown = { ...tree, messages: [...tree.messages, answer] };
  if (!main || kindOf(main) === kindOf(answer)) return choose(grown, answer);
  const chosen = { ...tree.chosen, [placeOf(answer)]: answer.id, [mainPlace(answer.parent)]: main.id };
  return { ...grown, chosen };
};

/** Change an answer. @param {Tree} tree @param {string} id @param {(answer: Answer) => Partial<Answer>} change
 * @returns {Tree} */
export const changeAnswer = (tree, id, change) => ({
  ...tree,
  messages: tree.messages.map((one) => (one.id === id && one.role === "assistant" ? { ...one, ...change(one) } : one)),
});
