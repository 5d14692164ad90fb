/* Presentations: their files and the keys that turn them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPresentations, moved, parsed, prepared, SEQUENCES, turned, written } from "../../assets/js/hood/presentation.js";

const format = (tag, key) => `${tag} ${key}`;
const tags = { en: "en", zh: "zh-CN" };

test("each audience has a presentation with every text in both languages", () => {
  for (const audience of Object.keys(SEQUENCES)) {
    const { minutes, slides } = prepared(audience, format, tags);
    assert.ok(minutes > 0 && slides.length >= 5);
    assert.equal(slides[0].title.zh, "zh-CN hood.present.welcome.title");
  }
});

test("a file gives back what was saved, and anything else is refused or mended", () => {
  const made = prepared("board", format, tags);
  assert.deepEqual(parsed(written(made)), made);
  for (const other of ["", "[]", "null", "{", '{"format":"other"}', '{"format":"llama-demo-presentation","slides":[]}']) assert.equal(parsed(other), null);
  const forged = parsed('{"format":"llama-demo-presentation","minutes":"x","slides":[{"title":5,"picture":"<img>","step":"../x"},null]}');
  assert.equal(forged.minutes, 10);
  assert.deepEqual(forged.slides[0], { title: { en: "", zh: "" }, text: { en: "", zh: "" }, notes: { en: "", zh: "" }, picture: "", step: "" });
});

test("arrow keys and a clicker turn the slides and stop at both ends", () => {
  assert.equal(turned("ArrowRight", 0, 5), 1);
  assert.equal(turned("PageDown", 4, 5), 4);
  assert.equal(turned("PageUp", 0, 5), 0);
  assert.equal(turned("Enter", 1, 5), 2);
  assert.equal(turned("End", 0, 5), 4);
  assert.equal(turned("x", 2, 5), 2);
});

test("slides change places", () => {
  assert.deepEqual(moved(["a", "b", "c"], 1, -1), ["b", "a", "c"]);
  assert.deepEqual(moved(["a", "b"], 1, 1), ["a", "b"]);
});

test("a loaded or edited presentation stays when another audience is looked at, until the prepared one is asked for", () => {
  const presentations = createPresentations((audience) => ({ minutes: 5, slides: [], audience }));
  const loaded = { minutes: 9, slides: [] };
  assert.equal(presentations.replace("board", loaded), loaded);
  assert.equal(presentations.of("pupils").minutes, 5);
  assert.equal(presentations.of("board"), loaded);
  assert.equal(presentations.restore("board").minutes, 5);
  assert.equal(presentations.of("board").minutes, 5);
});
