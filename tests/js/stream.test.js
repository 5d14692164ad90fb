import assert from "node:assert/strict";
import { test } from "node:test";
import { completeLines, GrowingStream, readLines } from "../../assets/js/lib/stream.js";

test("only lines that have come to their end are read", () => {
  assert.deepEqual(completeLines('{"a":1}\n{"b":', 0), { values: [{ a: 1 }], end: 8 });
  assert.deepEqual(completeLines('{"a":1}\n', 8), { values: [], end: 8 });
});

test("a value that grows is read once", () => {
  const stream = new GrowingStream();
  assert.equal(stream.read('{"begin":"x"}'), null);
  assert.deepEqual(stream.read('{"begin":"x"}\n{"text":"a"}\n').values, [{ begin: "x" }, { text: "a" }]);
  const more = stream.read('{"begin":"x"}\n{"text":"a"}\n{"text":"b"}\n{"te');
  assert.deepEqual(more.opening, { begin: "x" });
  assert.deepEqual(more.values, [{ text: "b" }]);
});

test("a run that was read before goes on, and keeps its state", () => {
  const stream = new GrowingStream();
  stream.read('{"begin":"x"}\n{"text":"a"}\n').run.state = "half";
  stream.read('{"begin":"y"}\n');
  const again = stream.read('{"begin":"x"}\n{"text":"a"}\n{"text":"b"}\n');
  assert.equal(again.run.state, "half");
  assert.deepEqual(again.values, [{ text: "b" }]);
  stream.clear();
  assert.equal(stream.read('{"begin":"x"}\n').run.state, undefined);
});

test("a body is read by lines, wherever its pieces are cut", async () => {
  const bytes = new TextEncoder().encode('{"said":"茶"}\n{"said":"tea"}\n{"cut');
  const body = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 5) controller.enqueue(bytes.slice(at, at + 5));
      controller.close();
    },
  });
  const said = [];
  for await (const value of readLines(body)) said.push(value.said);
  assert.deepEqual(said, ["茶", "tea"]);
});
