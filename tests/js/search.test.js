/* The pure parts of the Search tab. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { batches, BATCH_BYTES, BATCH_FILES, withoutLeftovers } from "../../assets/js/search/batches.js";
import { nearest, nextTowards, place, SIDE } from "../../assets/js/search/geometry.js";

const file = (size) => ({ file: { size }, name: "a.txt" });

test("files are sent in batches that are neither too many nor too large", () => {
  const many = batches(Array.from({ length: BATCH_FILES + 1 }, () => file(1)));
  assert.deepEqual(many.map((batch) => batch.length), [BATCH_FILES, 1]);
  const large = batches([file(BATCH_BYTES - 1), file(2), file(BATCH_BYTES + 5), file(1)]);
  assert.deepEqual(large.map((batch) => batch.map(({ file: { size } }) => size)), [[BATCH_BYTES - 1], [2], [BATCH_BYTES + 5], [1]]);
  assert.deepEqual(batches([]), []);
});

test("what systems leave in folders is not sent", () => {
  const names = ["a.txt", ".DS_Store", "x/Thumbs.db", "x/.git/config", "__MACOSX/a", "x/b.md"];
  assert.deepEqual(withoutLeftovers(names.map((name) => ({ name }))).map(({ name }) => name), ["a.txt", "x/b.md"]);
});

test("the nearest point is found within reach only", () => {
  const points = [place(-1, 0), place(0, 0), place(1, 0)];
  assert.equal(nearest(points, [SIDE / 2 + 3, SIDE / 2], 14), 1);
  assert.equal(nearest(points, [SIDE / 2 + 30, SIDE / 2], 14), -1);
});

test("arrow keys go to the next point that way, and stay where there is none", () => {
  const points = [place(-0.5, 0), place(0, 0.1), place(0.5, 0), place(0, 0.9)];
  assert.equal(nextTowards(points, 0, [1, 0]), 1);
  assert.equal(nextTowards(points, 1, [0, -1]), 3);
  assert.equal(nextTowards(points, 3, [0, -1]), 3);
  assert.equal(nextTowards(points, -1, [1, 0]), 1);
});
