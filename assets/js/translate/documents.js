/* Documents: dropped or chosen, translated one after the other, and fetched. They travel by requests of
 * their own; none is ever written on the server. */
const drop = part("drop");
const input = drop.querySelector("input");
const list = part("documents");
const waiting = [];
let working = null;

const showDirection = () => {
  const { source, target, otherwise } = llamaDemo.direction();
  const key = source !== "auto" ? "translate.documents.direction" : otherwise ? "translate.documents.either" : "translate.documents.detected";
  const [from, into, other] = [source, target, otherwise].map(llamaDemo.languageName);
  part("direction").replaceChildren(bilingual(key, { source: from, target: into, other }));
};
const ending = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();
const problemOf = (name) => element.querySelector(`template.${name}`).content.cloneNode(true);
const entry = (file) => {
  const item = made("li", { className: "document" });
  item.append(
    made("span", { className: "document-name", textContent: file.name, dir: "auto" }),
    made("progress", { value: 0, max: 1, ariaLabel: file.name }),
    made("span", { className: "document-state note" }, bilingual("translate.documents.waiting")),
    made("span", { className: "document-acts" }, button("cancel", "translate.documents.cancel")),
    made("div", { className: "document-problem" }),
  );
  list.append(item);
  return item;
};
const tellState = (item, key, values) => item.querySelector(".document-state").replaceChildren(bilingual(key, values));
/* How many passages are to be read again, marked as unsure sentences are. */
const tellUnsure = (item, count) => {
  item.classList.add("doubtful");
  const key = count === 1 ? "translate.documents.unsure.one" : "translate.documents.unsure";
  item.querySelector(".document-state").append(" · ", made("span", { className: "unsure-said" }, bilingual(key, { count })));
};
const failed = (item, content) => {
  item.classList.add("failed");
  const place = item.querySelector(".document-problem");
  if (typeof content === "string") place.innerHTML = content; /* made and escaped by the server */
  else place.replaceChildren(content);
  item.querySelector("progress").hidden = true;
  item.querySelector(".document-state").replaceChildren();
};
const finished = (item, kept) => {
  const acts = item.querySelector(".document-acts");
  acts.replaceChildren(...(kept ? [button("fetch", "translate.documents.fetch")] : []), button("forget", "translate.documents.forget"));
};
const progressed = (job, told) => {
  const { item } = job;
  if (told.problem) return failed(item, told.problem);
  if (told.state === "waiting") return tellState(item, "translate.documents.queued");
  job.id = told.id;
  item.dataset.id = told.id;
  item.querySelector(".document-name").textContent = told.name;
  Object.assign(item.querySelector("progress"), { max: Math.max(1, told.total), value: told.done });
  const left = told.seconds_left === null ? "" : Math.max(1, Math.ceil(told.seconds_left));
  const key = { running: left ? "translate.documents.running" : "translate.documents.begun", done: told.total === 1 ? "translate.documents.done.one" : "translate.documents.done", stopped: "translate.documents.stopped" }[told.state];
  tellState(item, key, { done: told.done, total: told.total, left });
  if (told.state === "running") return undefined;
  if (told.unsure) tellUnsure(item, told.unsure);
  say(`translate.status.document.${told.state}${told.unsure ? ".unsure" : ""}`, { name: told.name });
  return undefined;
};
const lines = async function* (body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const whole = rest.split("\n");
    rest = whole.pop();
    for (const line of whole) yield JSON.parse(line);
  }
};
const translateOne = async (job) => {
  const { source, target, model, otherwise } = llamaDemo.direction();
  tellState(job.item, "translate.documents.opening");
  const header = (value) => encodeURIComponent(JSON.stringify(value));
  const headers = { "Content-Type": "application/octet-stream", "X-Visit": header(llamaDemo.visit()), "X-Asked": header({ source, target, model, otherwise, name: job.file.name }) };
  try {
    const answer = await fetch("translate/document", { method: "POST", headers, body: job.file, signal: job.leaving.signal });
    if (!answer.ok) return failed(job.item, await answer.text());
    for await (const told of lines(answer.body)) progressed(job, told);
  } catch {
    if (job.leaving.signal.aborted) job.item.remove();
    else failed(job.item, problemOf("unreachable"));
  }
  return undefined;
};
const work = async () => {
  if (working) return;
  while ((working = waiting.shift())) {
    const job = working;
    await translateOne(job);
    finished(job.item, Boolean(job.id));
  }
};
const take = (files) => {
  for (const file of files) {
    const item = entry(file);
    const wrong = !props.suffixes.includes(ending(file.name)) ? "unknown" : file.size > props.largest ? "too-large" : "";
    if (wrong) {
      failed(item, problemOf(wrong));
      finished(item, false);
    } else waiting.push({ file, item, id: "", leaving: new AbortController() });
  }
  work();
};
const fetchResult = async (item) => {
  try {
    const body = JSON.stringify({ visit: llamaDemo.visit(), id: item.dataset.id });
    const answer = await fetch("translate/document/result", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!answer.ok) return failed(item, await answer.text());
    const name = decodeURIComponent(answer.headers.get("X-File-Name"));
    llamaDemo.save(name, await answer.blob());
    say("translate.status.saved", { file: name });
  } catch {
    failed(item, problemOf("unreachable"));
  }
  return undefined;
};
/* One that has begun ends with what is done; one that waits for its turn, or is still read, just goes. */
const cancel = (item) => {
  const place = waiting.findIndex((job) => job.item === item);
  if (place >= 0) {
    waiting.splice(place, 1);
    item.remove();
  } else if (working?.id) server.stop_document({ visit: llamaDemo.visit() }).catch(() => failed(item, problemOf("unreachable")));
  else working?.leaving.abort();
};
list.addEventListener("click", (event) => {
  const act = event.target.closest("button")?.dataset.act;
  const item = event.target.closest(".document");
  if (act === "cancel") cancel(item);
  if (act === "fetch") fetchResult(item);
  if (act === "forget") {
    item.remove();
    input.focus();
  }
});
input.addEventListener("change", () => {
  take([...input.files]);
  input.value = "";
});
takesDrops(drop, (transfer) => take([...transfer.files]));
document.addEventListener("llama-demo:direction", showDirection);
if (llamaDemo.direction) showDirection();
