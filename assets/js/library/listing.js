/* The documents of a collection, and which collection that is. */
const chooser = part("collection");
let told = { collections: [], documents: [] };
let fresh = ""; /* a collection that will be there when something is added to it */

const problemAt = (name, html) => {
  part(name).innerHTML = html ?? ""; /* made and escaped by the server */
};
const unreachableAt = (name) => part(name).replaceChildren(element.querySelector("template.unreachable").content.cloneNode(true));
/* Ask the server; what went wrong stands at its place, and the answer is then null. What was said there
 * before goes, unless the page asks by itself. */
const ask = async (name, wish, place = "problem") => {
  if (!["listing", "progress"].includes(name)) problemAt(place);
  try {
    const answer = await server[name]({ visit: llamaDemo.visit(), ...wish });
    if (!answer.problem) return answer;
    problemAt(place, answer.problem);
  } catch {
    unreachableAt(place);
  }
  return null;
};
const collectionName = (one) => (one.key ? plain(one.key) : one.name);
const shared = () => chooser.value === "sample";
const own = () => !shared() && told.collections.some((one) => one.name === chooser.value && !one.shared);
/* Where what is added goes. */
const target = () => (shared() ? props.own : chooser.value);

const offerCollections = () => {
  const chosen = chooser.value || props.own;
  const listed = [...told.collections];
  if (!listed.some((one) => one.name === props.own)) listed.unshift({ name: props.own, key: "search.collection.default", documents: 0 });
  if (fresh && !listed.some((one) => one.name === fresh)) listed.push({ name: fresh, key: "", documents: 0 });
  listed.sort((one, other) => (other.name === props.own) - (one.name === props.own) || one.shared - other.shared);
  chooser.replaceChildren(
    ...listed.map((one) => made("option", { value: one.name, selected: one.name === chosen }, plain("search.collection.one", { name: collectionName(one), count: one.documents }))),
  );
};
const size = (bytes) => {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};
const day = (moment) => (language) => new Date(moment).toLocaleDateString(language, { year: "numeric", month: "short", day: "numeric" });
const asking = (name, key, twice) => {
  const one = button(name, key);
  one.dataset.ask = "";
  one.replaceChildren(made("span", { className: "once" }, bilingual(key)), made("span", { className: "twice" }, bilingual(twice)));
  return one;
};
const facts = (one) => {
  const line = made("span", { className: "note document-facts" });
  const parts = [size(one.bytes)];
  if (one.language) parts.push(props.names[one.language] ?? one.language);
  if (one.state === "done") parts.push(bilingual(one.chunks === 1 ? "library.chunks.one" : "library.chunks", { chunks: one.chunks }));
  if (one.pages) parts.push(bilingual(one.pages === 1 ? "library.pages.one" : "library.pages", { pages: one.pages }));
  const date = made("time", { dateTime: one.created });
  for (const language of Object.keys(TEXTS)) date.append(made("span", { className: "word", lang: language, textContent: day(one.created)(language) }));
  parts.push(date);
  for (const each of parts) line.append(made("span", {}, each));
  return line;
};
const row = (one) => {
  const name = made("span", { className: "document-name", textContent: one.name, dir: "auto" });
  const item = made("li", { className: `document-row ${one.state}` }, name, facts(one));
  item.dataset.id = one.id;
  item.dataset.name = one.name;
  if (one.state === "waiting") item.append(made("span", { className: "note" }, bilingual("library.waiting")));
  if (one.state === "failed") {
    const reason = made("p", { className: "reason" });
    reason.innerHTML = one.reason; /* made and escaped by the server */
    item.append(reason);
  }
  if (own()) {
    const buttons = made("span", { className: "document-acts" });
    if (one.state === "failed") buttons.append(button("retry", "library.retry"));
    buttons.append(button("rename", "library.rename"), asking("remove", "library.remove", "library.remove.sure"));
    item.append(buttons);
  }
  return item;
};
const draw = () => {
  offerCollections();
  const { documents, total } = told;
  const there = told.collections.find((one) => one.name === chooser.value)?.documents ?? 0;
  const chunks = documents.reduce((sum, one) => sum + one.chunks, 0);
  const key = total > documents.length ? "library.counted.some" : "library.counted";
  part("counted").replaceChildren(...(total ? [bilingual(key, { documents: there, chunks, shown: documents.length })] : []));
  part("none").hidden = total > 0;
  part("documents").replaceChildren(...documents.map(row));
  part("retry-all").hidden = !own() || documents.filter((one) => one.state === "failed").length < 2;
  part("read-only").hidden = !shared();
  for (const name of ["rename-collection", "remove-collection"]) element.querySelector(`[data-act=${name}]`).hidden = !own();
};
const list = async () => {
  const answer = await ask("listing", { collection: chooser.value || props.own });
  if (!answer) return;
  told = answer;
  draw();
  if (answer.running) follow([answer.running]);
};
const changed = async () => {
  await list();
  window.dispatchEvent(new CustomEvent("llama-demo-library"));
};
