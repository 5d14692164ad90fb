/* The Models tab: what can be done with a model in its state, and the shapes of the calculator. */
import assert from "node:assert/strict";
import test from "node:test";
import { actionsOf } from "../../assets/js/models/actions.js";
import { movesOf } from "../../assets/js/models/ranks.js";
import { CHOICES, FIRST, requestOf, widthOf } from "../../assets/js/models/shape.js";

const fits = (verdict) => [{ precision: "bfloat16", memory: { weights: 1, cache: 1, workspace: 1 }, verdict, speed: 1, pace: "" }];
const remote = { task: "generate", state: "available", active: false, bundled: false, downloaded: false, repository: "a/b", fits: fits("fits") };

test("each state of a download has its own buttons, and none can be left without a way out", () => {
  assert.deepEqual(actionsOf(remote, undefined), ["get"]);
  assert.deepEqual(actionsOf(remote, { state: "running" }), ["pause", "cancel"]);
  assert.deepEqual(actionsOf(remote, { state: "paused" }), ["resume", "cancel"]);
  assert.deepEqual(actionsOf({ ...remote, state: "paused" }, undefined), ["resume", "cancel"], "begun before a restart");
  assert.deepEqual(actionsOf(remote, { state: "failed" }), ["again", "cancel"]);
  for (const state of ["waiting", "checking", "verifying"]) assert.deepEqual(actionsOf(remote, { state }), ["cancel"]);
});

test("what the machine cannot hold is got and used only by those who insist", () => {
  const large = { ...remote, fits: fits("too_large") };
  assert.deepEqual(actionsOf(large, undefined), ["get-anyway"]);
  assert.deepEqual(actionsOf({ ...large, state: "installed", downloaded: true }, undefined), ["use-anyway", "remove"]);
});

test("the model in use cannot be removed, the bundled one never, a folder is only taken off the list", () => {
  const here = { ...remote, state: "installed" };
  assert.deepEqual(actionsOf({ ...here, active: true, downloaded: true }, undefined), []);
  assert.deepEqual(actionsOf({ ...here, bundled: true }, undefined), ["use"]);
  assert.deepEqual(actionsOf({ ...here, downloaded: true }, { state: "done" }), ["use", "remove"]);
  assert.deepEqual(actionsOf(here, undefined), ["use", "forget"]);
  assert.deepEqual(actionsOf({ ...here, task: "guard", active: true, downloaded: true }, undefined), ["guard-off"]);
});

test("the calculator begins with values that its sliders have, and asks for whole heads", () => {
  for (const [name, value] of Object.entries(FIRST)) assert.ok(CHOICES[name].includes(value), name);
  assert.equal(widthOf(7_000_000_000, 32) % 128, 0);
  assert.ok(Math.abs(widthOf(7_000_000_000, 32) - 4096) <= 256, "about the width of a 7B LLaMA");
  assert.equal(requestOf(FIRST, "bfloat16").precision, "bfloat16");
});

test("a passage is told how much further up it stands, or that the other ranking lacks it", () => {
  const ranking = (...chunks) => chunks.map((chunk) => ({ chunk }));
  assert.deepEqual(movesOf(ranking(1, 2, 3), ranking(3, 1, 9)), [1, null, -2]);
  assert.deepEqual(movesOf(ranking(), ranking(1)), []);
});
