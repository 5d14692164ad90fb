/* The pure parts of the Generate tab. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { kindsOf } from "../../assets/js/generate/tones.js";
import { createVersions, isContinuable, quotesOf, textOf } from "../../assets/js/generate/versions.js";

const begin = (id, more = {}) => ({
  begin: id, text: "A dog", preset: "free", form: "", theme: "", answers: false, first: true, parent: "", kept: 0, chosen: null, ...more,
});
const token = (id, words) => [id, words, -0.5, [[id, words, -0.5, false], [9, "!", -2, true]]];

test("a text grows by its tokens and ends", () => {
  const versions = createVersions();
  const version = versions.begin(begin("a"));
  assert.equal(versions.update(version, { tokens: [token(1, " ran")] }), false);
  assert.equal(isContinuable(version), false);
  versions.update(version, { tokens: [token(2, ".")], figures: { tokens: 2 }, end: "length" });
  assert.equal(textOf(versions.current), "A dog ran.");
  assert.equal(isContinuable(version), true);
  assert.equal(version.figures.tokens, 2);
});

test("an answer is not glued to its request, and a text that ended by itself is not continued", () => {
  const versions = createVersions();
  const version = versions.begin(begin("a", { answers: true }));
  versions.update(version, { tokens: [token(1, "Yes")], end: "end" });
  assert.equal(textOf(version), "Yes");
  assert.equal(isContinuable(version), false);
});

test("another version begins with the tokens that shall stand, the last of them replaced", () => {
  const versions = createVersions();
  versions.update(versions.begin(begin("a")), { tokens: [token(1, " ran"), token(2, ".")] });
  const second = versions.begin(begin("b", { first: false, parent: "a", kept: 2, chosen: [9, "!", -2, 0] }));
  assert.equal(textOf(second), "A dog ran!");
  assert.deepEqual(second.tokens[1][3], token(2, ".")[3]);
  assert.equal(versions.find("a").end, "stopped");
  assert.deepEqual([versions.count, versions.shown], [2, 1]);
  assert.equal(versions.show(0), true);
  assert.equal(versions.show(2), false);
  assert.equal(versions.current.begin, "a");
});

test("another request puts the versions of the one before away", () => {
  const versions = createVersions();
  versions.begin(begin("a"));
  versions.begin(begin("b"));
  assert.deepEqual([versions.count, versions.current.begin], [1, "b"]);
  versions.clear();
  assert.equal(versions.current, undefined);
});

test("the text of a server that tells no tokens grows too, and is not continued", () => {
  const versions = createVersions();
  const version = versions.begin(begin("a"));
  versions.update(version, { plain: "One " });
  versions.update(version, { plain: "day", end: "length" });
  assert.equal(textOf(version), "A dogOne day");
  assert.equal(isContinuable(version), false);
  versions.update(version, { tokens: [[-1, "x", -1, [], 0]] });
  assert.equal(isContinuable(version), false);
});

test("the history names the version that is shown", () => {
  const versions = createVersions();
  versions.update(versions.begin(begin("a")), { run: "1", plain: "x" });
  const last = versions.begin(begin("b", { first: false }));
  versions.update(last, { run: "2", plain: "y" });
  assert.equal(versions.update(last, { show: "1" }), true);
  assert.equal(versions.current.begin, "a");
});

test("quoted sentences are cut by characters, not by UTF-16 units", () => {
  const quoted = { ...begin("a", { text: "🐑 A. B." }), tokens: [], plain: "", figures: {}, end: "end", quotes: [[2, 4], [5, 7]] };
  assert.deepEqual(quotesOf(quoted), ["A.", "B."]);
  assert.equal(textOf(quoted), "A.\nB.");
});

test("the last character of a rhyming line is marked as a rhyme, if there is a common one", () => {
  const line = (rhymes) => ({ tones: ["level", null, "level"], faults: [1], rhymes });
  const kinds = (rhyme) => kindsOf({ form: "", rhyme, lines: [line(false), line(true)] }).map(({ kind }) => kind);
  assert.deepEqual(kinds("下平七阳"), ["level", "unknown", "level", "level", "unknown", "rhyme"]);
  assert.deepEqual(kinds("").slice(3), ["level", "unknown", "level"]);
  assert.equal(kindsOf({ form: "", rhyme: "", lines: [line(false)] })[1].off, true);
});
