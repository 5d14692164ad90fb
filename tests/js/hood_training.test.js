/* Where the curve of a live training stands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, CURVE, highest, placer, smooth, ticks } from "../../assets/js/hood/curve_geometry.js";

const curves = { steps: 100, uniform: 4, training: [[0, 4], [100, 1]], validation: [[0, 4], [100, 5]] };

test("the axis holds the blind guess and a validation loss that rises above it", () => {
  assert.ok(highest(curves) > 5);
  assert.ok(highest({ ...curves, validation: [] }) > 4);
  const place = placer(curves);
  assert.deepEqual(place([0, 0]), [CURVE.left, CURVE.height - CURVE.bottom]);
  assert.equal(place([100, 99])[1], CURVE.top);
  assert.ok(place([50, 4])[1] > place([50, 5])[1]);
});

test("ticks are round and at most six", () => {
  for (const most of [0.3, 4.5, 7.9, 60, 1000]) {
    const made = ticks(most);
    assert.ok(made.length >= 3 && made.length <= 6, String(made));
    assert.equal(made[0], 0);
  }
  assert.deepEqual(ticks(1000), [0, 200, 400, 600, 800, 1000]);
});

test("the smoothed line begins at the first loss and stays between the points", () => {
  const line = smooth([[0, 4], [1, 2], [2, 2]]);
  assert.deepEqual(line[0], [0, 4]);
  assert.ok(line[2][1] < line[1][1] && line[2][1] > 2);
  assert.deepEqual(smooth([]), []);
});

test("labels keep their distance and their order", () => {
  const [one, other] = apart([{ y: 20, name: "b" }, { y: 18, name: "a" }]);
  assert.equal(one.name, "a");
  assert.equal(other.y - one.y, 16);
});
