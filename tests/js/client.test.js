import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { createClient, RequestError } from "../../assets/js/lib/create_client.js";

const { client, upload, uploadStream, download } = createClient({ root: "https://app.example/below/", visit: () => ({ page: "p" }) });
const fetchBefore = globalThis.fetch;

/** Answer each request in the place of a server; returns the requests. */
const answerBy = (response) => {
  const requests = [];
  globalThis.fetch = async (url, options) => {
    requests.push({ url: String(url), ...options });
    return response(options);
  };
  return requests;
};
afterEach(() => {
  globalThis.fetch = fetchBefore;
});

test("a server function gets its request with who asks", async () => {
  const api = client({ find: async (request) => ({ got: request }) });
  assert.deepEqual(await api.find({ query: "tea" }), { got: { query: "tea", visit: { page: "p" } } });
  assert.deepEqual(await api.find(), { got: { visit: { page: "p" } } });
});

test("a refusal is thrown with its notice, an unreachable server without one", async () => {
  const api = client({
    refuse: async () => ({ problem: "<p>No.</p>" }),
    fail: async () => {
      throw new Error("offline");
    },
  });
  await assert.rejects(api.refuse(), (error) => error instanceof RequestError && error.notice === "<p>No.</p>");
  await assert.rejects(api.fail(), (error) => error instanceof RequestError && error.notice === null);
});

test("files travel beside their request, to an address below the app's", async () => {
  const requests = answerBy(() => Response.json({ id: "c" }));
  assert.deepEqual(await upload("ask/text", { name: "a.txt" }, [new Blob(["Tea."])]), { id: "c" });
  assert.equal(requests[0].url, "https://app.example/below/ask/text");
  assert.deepEqual(JSON.parse(requests[0].body.get("request")), { name: "a.txt", visit: { page: "p" } });
  assert.equal(await requests[0].body.get("files").text(), "Tea.");
});

test("a refused upload is thrown with what the server says", async () => {
  answerBy(() => new Response("<p>Too large.</p>", { status: 422 }));
  await assert.rejects(upload("ask/text", {}, []), (error) => error.notice === "<p>Too large.</p>");
});

test("an upload's stream gives a value a line; what was aborted stays aborted", async () => {
  answerBy(() => new Response('{"done":1}\n{"done":2}\n'));
  const values = [];
  for await (const value of uploadStream("translate/document", {}, [])) values.push(value.done);
  assert.deepEqual(values, [1, 2]);
  const abort = new AbortController();
  abort.abort();
  answerBy(({ signal }) => Promise.reject(signal.reason));
  await assert.rejects(uploadStream("translate/document", {}, [], abort.signal).next(), { name: "AbortError" });
});

test("a download has the name that the server gives", async () => {
  answerBy(() => new Response("a,b", { headers: { "X-File-Name": encodeURIComponent("表.csv") } }));
  const { name, blob } = await download("history/export", {});
  assert.equal(name, "表.csv");
  assert.equal(await blob.text(), "a,b");
});
