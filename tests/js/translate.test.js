/* The pure parts of the Translate tab. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Direction } from "../../assets/js/translate/direction.js";
import { unpackedRoutes } from "../../assets/js/translate/routes.js";
import { addLine, comparisonState, createRun, secondsLeft, sentenceAt, sourceOf, sureness, translationOf } from "../../assets/js/translate/run.js";

const way = [{ model: "m", via: "", prompted: false }];
const ROUTES = { zh: { en: way }, en: { zh: way, fr: way }, fr: { en: way } };
const direction = (home = "en") => new Direction(ROUTES, { fr: "français" }, () => home);

const pair = (values) => ({ skip: 0, lead: "", unsure: false, terms: [], missed: [], doubts: [], ...values });
const translated = () => {
  const run = createRun({ begin: "x", ask: 3, side: "" }, 0);
  addLine(run, { text: "Tea.\n\nThanks.", source: "en", target: "fr", beams: 1, model: "" });
  addLine(run, { pairs: [pair({ length: 4, text: "Thé.", score: Math.log(0.5) })], progress: [1, 2] });
  addLine(run, { pairs: [pair({ skip: 2, length: 7, lead: "\n\n", text: "Merci.", score: Math.log(0.5) })], progress: [2, 2] });
  addLine(run, { tail: "\n", end: "end", seconds: 0.2 });
  return run;
};

test("a text goes into the language of the page, or out of it", () => {
  assert.equal(direction("zh").target, "zh");
  assert.equal(direction("en").likely("en"), "zh");
  assert.equal(direction("en").likely("fr"), "en");
});

test("a target that the source cannot reach gives way", () => {
  const one = direction("en");
  one.set("zh", "fr");
  assert.deepEqual([one.source, one.target], ["zh", "en"]);
  assert.equal(one.reachable("fr"), false);
  one.set("en", "en");
  assert.equal(one.target, "zh");
});

test("only a direction that was left to the page has another way out", () => {
  const one = direction("en");
  assert.equal(one.otherwise, "zh");
  one.chosen = true;
  assert.equal(one.otherwise, "");
});

test("the source is what is chosen or what was detected", () => {
  const one = direction();
  assert.equal(one.from, "");
  one.guess = ["fr", 0.9, ""];
  assert.equal(one.from, "fr");
  one.set("en", "fr");
  assert.equal(one.from, "en");
  assert.deepEqual([one.nameOf("fr"), one.nameOf("xx")], ["français", "xx"]);
});

test("lines of a stream put both texts together", () => {
  const run = translated();
  assert.equal(translationOf(run), "Thé.\n\nMerci.\n");
  assert.deepEqual(run.pairs.map((one) => sourceOf(run, one)), ["Tea.", "Thanks."]);
  assert.deepEqual([run.done, run.total, run.end, run.ask], [2, 2, "end", 3]);
});

test("a place of the source belongs to a sentence that is drawn, or to none", () => {
  const run = translated();
  assert.equal(sentenceAt(run, 2), null);
  run.drawn = 2;
  assert.deepEqual([0, 4, 5, 6, 13, 20].map((unit) => sentenceAt(run, unit)), [0, 0, null, 1, 1, null]);
});

test("how sure the model was is the geometric mean, if it translated anything", () => {
  assert.ok(Math.abs(sureness(translated()) - 0.5) < 1e-9);
  assert.equal(sureness(createRun({ begin: "x", ask: 1, side: "" }, 0)), null);
});

test("what is left is told from what is done", () => {
  const run = createRun({ begin: "x", ask: 1, side: "" }, 0);
  addLine(run, { progress: [2, 6] });
  assert.equal(secondsLeft(run, 2_000), 4);
});

test("a comparison is over when both sides have ended, or one has failed", () => {
  const [ended, failed, going] = [{ end: "end" }, { end: "failed" }, {}];
  assert.deepEqual(comparisonState({ greedy: ended, beam: ended }), { failed: false, over: true });
  assert.deepEqual(comparisonState({ greedy: ended, beam: going }), { failed: false, over: false });
  assert.deepEqual(comparisonState({ greedy: failed, beam: null }), { failed: true, over: true });
  assert.deepEqual(comparisonState({ greedy: ended, beam: failed }), { failed: true, over: true });
  assert.deepEqual(comparisonState({ greedy: null, beam: null }), { failed: false, over: false });
});

test("packed routes are all there, in the order of the languages, the usual way first", () => {
  const ways = ["a", "b"].map((model) => ({ model, via: "", prompted: false }));
  const found = unpackedRoutes({ ways, sources: { zh: [["fr", [1]], ["en", [0, 1]]], en: [["zh ig", [0]]] } });
  assert.deepEqual(found, { zh: { en: ways, fr: [ways[1]] }, en: { zh: [ways[0]], ig: [ways[0]] } });
  assert.deepEqual(Object.keys(found.zh), ["en", "fr"]);
});
