/* Pure parts of the tab "Inside". */
import assert from "node:assert/strict";
import { test } from "node:test";
import { attend } from "../../assets/js/hood/attention_math.js";
import { ticksAround } from "../../assets/js/hood/interval_scale.js";
import { at, mean, rowOf, unpack } from "../../assets/js/hood/tensor.js";

test("attention by hand: rows sum to 1, the mask hides what comes later, the values are mixed by the shares", () => {
  const { masked, weights, result } = attend([[1, 0], [0, 2]], [[1, 0], [1, 1]], [[10, 0], [0, 10]], true);
  assert.equal(masked[0][1], -Infinity);
  assert.deepEqual(weights[0], [1, 0]);
  assert.deepEqual(result[0], [10, 0]);
  const share = 1 / (1 + Math.exp(-2 / Math.sqrt(2)));
  assert.ok(Math.abs(weights[1][1] - share) < 1e-12);
  assert.ok(Math.abs(result[1][1] - 10 * share) < 1e-12);
});

test("a packed tensor comes out as it went in, by rows and along its first dimension", () => {
  const data = Buffer.from(Uint16Array.from([0, 65535, 32768, 65535, 0, 0, 0, 65535]).buffer).toString("base64");
  const tensor = unpack({ shape: [2, 2, 2], low: 0, high: 1, data });
  assert.deepEqual(rowOf(at(tensor, 0), 0), [0, 1]);
  assert.deepEqual([...at(tensor, 1).values], [0, 0, 0, 1]);
  assert.ok(Math.abs(mean(tensor).values[3] - 1) < 1e-6);
  assert.ok(Math.abs(mean(tensor).values[1] - 0.5) < 1e-6);
});

test("the axis of differences has round steps on both sides of zero, and room for the largest", () => {
  assert.deepEqual(ticksAround(5.8), [-6, -4, -2, 0, 2, 4, 6]);
  assert.deepEqual(ticksAround(0.031), [-0.04, -0.02, 0, 0.02, 0.04]);
});
