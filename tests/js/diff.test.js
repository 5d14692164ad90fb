import assert from "node:assert/strict";
import { test } from "node:test";
import { common, words } from "../../assets/js/lib/diff.js";

test("words and Chinese characters part a text, which they make up again", () => {
  for (const text of ["It's 5 o'clock, 茶好。", "  \n", ""]) assert.equal(words(text).join(""), text);
  assert.deepEqual(words("It's tea, 好茶"), ["It's", " ", "tea", ",", " ", "好", "茶"]);
});

test("what both lists have in common keeps its order", () => {
  const [left, right] = common(["a", "b", "c", "d"], ["b", "x", "d", "a"]);
  assert.deepEqual([...left], [1, 3]);
  assert.deepEqual([...right], [0, 2]);
  assert.deepEqual(common([], ["a"]), [new Set(), new Set()]);
});
