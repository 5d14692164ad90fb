import assert from "node:assert/strict";
import { test } from "node:test";
import { addAnswer, addQuestion, ancestors, choose, createTree, emptyTree, endOfPath, exchanges, find, versionsOf } from "../../assets/js/ask/tree.js";
import { applyLine, changedAnswer, isStructural } from "../../assets/js/ask/updates.js";

const question = (id, parent = null) => ({ role: "user", id, parent, content: id });
const answer = (id, parent, variant = {}) => ({
  role: "assistant", id, parent, text: "", blocks: null, status: "running",
  variant: { answerer: "extractive", grounded: true, model: "", ...variant },
});
const WRITTEN = { answerer: "generative" };
/** The ids that are shown: of each exchange the question and its answers, the main one first. */
const shown = (tree) =>
  exchanges(tree).map(({ question: { id }, answers, main }) => [id, main?.id, ...answers.filter((one) => one !== main).map((one) => one.id)].join(" "));

test("an empty conversation shows nothing and ends nowhere", () => {
  assert.deepEqual(exchanges(emptyTree()), []);
  assert.equal(endOfPath(emptyTree()), null);
});

test("the newest version of a question is shown, with what follows it", () => {
  const tree = createTree([question("q1"), answer("a1", "q1"), question("q2"), answer("a2", "q2"), question("q3", "a2")]);
  assert.deepEqual(shown(tree), ["q2 a2", "q3 "]);
  assert.equal(endOfPath(tree), "q3");
  const before = choose(tree, find(tree, "q1"));
  assert.deepEqual(shown(before), ["q1 a1"]);
  assert.deepEqual(shown(tree), ["q2 a2", "q3 "], "the former tree stays as it was");
  assert.deepEqual(versionsOf(tree, find(tree, "q1")).map(({ id }) => id), ["q1", "q2"]);
});

test("a stored leaf brings back the path that was shown", () => {
  const messages = [question("q1"), answer("a1", "q1"), answer("a2", "q1"), question("q2", "a1"), answer("b1", "q2")];
  assert.deepEqual(shown(createTree(messages, "b1")), ["q1 a1", "q2 b1"]);
  assert.deepEqual(ancestors(createTree(messages), "b1").map(({ id }) => id), ["b1", "q2", "a1", "q1"]);
});

test("another kind of answer stands beside, a version takes the place", () => {
  let tree = addAnswer(addQuestion(emptyTree(), question("q")), answer("a", "q"));
  tree = addAnswer(tree, answer("w", "q", WRITTEN));
  assert.deepEqual(shown(tree), ["q a w"]);
  tree = addAnswer(tree, answer("v", "q", WRITTEN));
  assert.deepEqual(shown(tree), ["q a v"]);
  tree = addAnswer(tree, answer("b", "q"));
  assert.deepEqual(shown(tree), ["q b v"]);
  assert.deepEqual(versionsOf(tree, find(tree, "v")).map(({ id }) => id), ["w", "v"]);
  assert.equal(addAnswer(tree, answer("b", "q")), tree, "it is added once");
});

test("lines of a stream build the conversation and its answer", () => {
  const lines = [
    { begin: "x", ask: 1 },
    { conversation: { id: "c", title: "Tea" } },
    { question: question("q") },
    { answer: answer("a", "q", WRITTEN) },
    { text: ["a", 0, "Green tae"] },
    { text: ["a", 6, "tea."] },
    { blocks: ["a", 0, [["p", {}, ["Green"]]]] },
    { blocks: ["a", 0, [["p", {}, ["Green tea."]]]] },
    { set: ["a", { status: "done" }] },
    { end: true },
  ];
  const { conversation, tree } = lines.reduce(applyLine, { conversation: null, tree: emptyTree() });
  assert.equal(conversation.title, "Tea");
  const { text, blocks, status } = find(tree, "a");
  assert.deepEqual({ text, blocks, status }, { text: "Green tea.", blocks: [["p", {}, ["Green tea."]]], status: "done" });
  assert.deepEqual(lines.filter(isStructural), lines.slice(1, 4));
  assert.deepEqual(lines.map(changedAnswer).filter(Boolean), ["a", "a", "a", "a", "a"]);
});

test("another conversation begins empty, the same one goes on", () => {
  const tree = addQuestion(emptyTree(), question("q"));
  const before = { conversation: { id: "c" }, tree };
  assert.equal(applyLine(before, { conversation: { id: "c", title: "Tea" } }).tree, tree);
  assert.deepEqual(applyLine(before, { conversation: { id: "d" } }).tree.messages, []);
});
