/* What is typed and pressed. A search goes off when typing pauses; what an input method still puts together
 * does not count as typed. An answer that a later question has overtaken is not shown. */
const PAUSE = 400; /* milliseconds */
const form = element.querySelector("form.search-form");
const box = form.elements.query;
let asked = 0; /* number of the newest question */
let pausing;
let comparing = false;
let like = null; /* the passage that others are to be like, in place of the query */
let last = { query: "", hits: [] }; /* what is shown */
let told = { collections: [] };
let mapped = "";
let watching;

const shownQuery = () => (like ? "" : last.query);
const complain = (html) => {
  part("problem").innerHTML = html; /* made and escaped by the server */
};
const note = (name) => part("problem").replaceChildren(element.querySelector(`template.${name}`).content.cloneNode(true));
const unreachable = () => note("unreachable");
const wish = (more = {}) => ({
  query: box.value,
  collection: form.elements.collection.value,
  mode: form.elements.mode.value,
  document: form.elements.document.value,
  language: form.elements.language.value,
  since: form.elements.since.value,
  until: form.elements.until.value,
  compare: comparing,
  chunk: like?.chunk ?? null,
  ...more,
});
const clear = () => {
  clearTimeout(pausing);
  asked += 1;
  last = { query: "", hits: [] };
  like = null;
  part("problem").replaceChildren();
  part("hits").replaceChildren();
  for (const name of ["two", "legend", "saving", "likeness", "tongues"]) part(name).hidden = true;
  part("empty").hidden = false;
  part("empty").replaceChildren(bilingual("search.empty"));
  part("columns").classList.remove("wide");
  element.querySelector(".search").classList.remove("working", "answered");
  silence();
  markMap([], null);
};
const showOne = (found) => {
  drawHits(found.hits);
  const count = found.hits.length;
  part("empty").hidden = count > 0;
  part("empty").replaceChildren(bilingual(lost(found) ? "search.none.unknown" : "search.none"));
  const key = count === 0 ? "search.status.none" : count === 1 ? "search.status.found.one" : "search.status.found";
  say(key, { count, searched: found.searched.toLocaleString("en"), seconds: (found.milliseconds / 1000).toFixed(2) });
  drawFound(found.hits);
};
const showTwo = (sides) => {
  const [meaning, words] = [sides.meaning?.hits ?? [], sides.words.hits].map((hits) => hits.slice(0, SHOWN).map((hit) => hit.chunk));
  drawTwo(sides);
  part("empty").hidden = true;
  if (!words.length) return say(meaning.length ? "search.side.words.none" : "search.status.none");
  if (!meaning.length) return say("search.side.meaning.none");
  const both = meaning.filter((chunk) => words.includes(chunk)).length;
  return say(both === 1 ? "search.status.compared.one" : "search.status.compared", { both, shown: Math.max(meaning.length, words.length) });
};
const show = (found, query) => {
  const sides = Boolean(found.words);
  element.querySelector(".search").classList.add("answered");
  last = { query, hits: sides ? [...(found.meaning?.hits ?? []), ...found.words.hits] : found.hits };
  part("columns").classList.toggle("wide", sides);
  part("saving").hidden = sides || !found.hits.length;
  part("likeness").hidden = !like;
  if (like) part("like").replaceChildren(bilingual("search.like", { text: like.text }));
  if (sides) showTwo(found);
  else showOne(found);
  part("legend").hidden = !marked(last.hits);
  drawTongues(last.hits, sides || like ? [] : (told.languages ?? []), form.elements.language.value);
};
const ask = async ({ typed = false, again = false } = {}) => {
  clearTimeout(pausing);
  const query = box.value;
  if (!like && !query.trim()) {
    clear();
    if (!typed) note("empty-query");
    return;
  }
  asked += 1;
  const mine = asked;
  part("problem").replaceChildren();
  element.querySelector(".search").classList.add("working");
  const slow = setTimeout(() => say("search.status.searching"), 300);
  try {
    const found = await server.find({ visit: llamaDemo.visit(), ...wish({ typed: typed || query === last.query, again }) });
    if (mine !== asked) return;
    if (found.problem) {
      complain(found.problem);
      silence();
    } else show(found, query);
  } catch {
    if (mine === asked) unreachable();
  } finally {
    clearTimeout(slow);
    if (mine === asked) element.querySelector(".search").classList.remove("working");
  }
};
const soon = () => {
  clearTimeout(pausing);
  like = null;
  if (!box.value.trim()) return clear();
  pausing = setTimeout(ask, PAUSE, { typed: true });
  return undefined;
};
/* After a change of anything but the query: only if there is something to ask. */
const askAnew = () => {
  if (like || box.value.trim()) ask({ typed: true });
};

/* ---- the map and what can be searched ------------------------------------------------------------- */

const drawFound = async (hits) => {
  if (!part("map").querySelector("svg")) return;
  const query = last.query;
  markMap(hits, null);
  if (like || !hits.length || !told.understands) return;
  try {
    const found = await server.points({ visit: llamaDemo.visit(), query, collection: form.elements.collection.value, points: false });
    if (!found.problem && query === last.query && !like) markMap(hits, found.query);
  } catch {
    /* the hits are marked; the star is left out */
  }
};
const fetchMap = async () => {
  const collection = form.elements.collection.value;
  const state = JSON.stringify([collection, told.collections.map((one) => [one.name, one.chunks])]);
  if (state === mapped) return;
  mapped = state;
  try {
    const found = await server.points({ visit: llamaDemo.visit(), query: "", collection });
    if (found.problem || collection !== form.elements.collection.value) return;
    drawMap(found);
    if (!part("columns").classList.contains("wide")) drawFound(last.hits);
  } catch {
    mapped = "";
  }
};
const option = (value, text, keep) => made("option", { value, selected: value === keep }, text);
const collectionName = (one) => (one.key ? plain(one.key) : one.name);
const offer = () => {
  const { collection, document: documents, language } = form.elements;
  const [chosen, of, tongue] = [collection.value || "sample", documents.value, language.value];
  const own = told.collections.filter((one) => !one.shared && one.documents);
  const listed = [...told.collections.filter((one) => one.shared), ...own];
  if (!listed.some((one) => one.name === "sample")) listed.unshift({ name: "sample", key: "search.collection.sample", documents: 0 });
  collection.replaceChildren(
    ...listed.map((one) => option(one.name, plain("search.collection.one", { name: collectionName(one), count: one.documents }), chosen)),
    ...(own.length ? [option("", plain("search.collection.all"), chosen)] : []),
  );
  if (collection.value !== chosen && chosen === "") collection.value = "";
  documents.replaceChildren(option("", plain("search.document.any"), of), ...(told.documents ?? []).map(([id, name]) => option(id, name, of)));
  language.replaceChildren(option("", plain("search.language.any"), tongue), ...(told.languages ?? []).map((code) => option(code, languageName(code), tongue)));
};
const learn = async () => {
  clearTimeout(watching);
  try {
    const found = await server.about({ visit: llamaDemo.visit(), collection: form.elements.collection.value || "sample" });
    if (found.problem) return;
    told = found;
  } catch {
    return;
  }
  offer();
  const { done, total } = told.samples;
  const ready = total > 0 && done === total;
  part("preparing").hidden = ready;
  if (!ready) {
    part("preparing").replaceChildren(bilingual(total ? "search.preparing" : "search.preparing.begun", { done, total }));
    watching = setTimeout(learn, 1_000);
  } else if (told.understands) fetchMap();
  part("wordy").hidden = told.understands;
};

/* ---- events --------------------------------------------------------------------------------------- */

const save = async (kind) => {
  try {
    const file = await server.save({ visit: llamaDemo.visit(), ...wish({ form: kind, query: last.query }) });
    if (file.problem) return complain(file.problem);
    llamaDemo.save(file.name, new Blob([file.text], { type: `${file.type};charset=utf-8` }));
    say("search.status.saved", { file: file.name });
  } catch {
    unreachable();
  }
  return undefined;
};
const chunkOf = (button) => Number(button.closest(".hit").dataset.chunk);
const acts = {
  more: (button) => {
    const text = button.closest(".hit").querySelector(".hit-text").textContent;
    like = { chunk: chunkOf(button), text: text.length > 90 ? `${text.slice(0, 90)}…` : text };
    setComparing(false);
    ask();
    element.querySelector("#search-found").focus();
  },
  unlike: () => {
    like = null;
    ask({ again: true });
    box.focus();
  },
  open: (button) => openContext(chunkOf(button)),
  compare: () => {
    setComparing(!comparing);
    askAnew();
  },
  narrow: (button) => {
    const filters = element.querySelector("#search-filters");
    filters.hidden = !filters.hidden;
    button.setAttribute("aria-expanded", String(!filters.hidden));
  },
  widen: () => {
    for (const name of ["document", "language", "since", "until"]) form.elements[name].value = "";
    askAnew();
  },
};
const setComparing = (on) => {
  comparing = on;
  if (on) like = null;
  element.querySelector(".search").classList.toggle("comparing", on);
  element.querySelector("[data-act=compare]").setAttribute("aria-pressed", String(on));
};
box.addEventListener("input", (event) => {
  if (!event.isComposing) soon();
});
box.addEventListener("compositionstart", () => clearTimeout(pausing));
box.addEventListener("compositionend", soon);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  like = null;
  ask();
});
form.addEventListener("change", (event) => {
  if (event.target === box) return;
  if (event.target.name === "collection") {
    form.elements.document.value = "";
    like = null;
    learn();
  }
  askAnew();
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.question) {
    box.value = button.dataset.question;
    form.elements.collection.value = "sample";
    like = null;
    ask();
    llamaDemo.show("#search-status");
  } else if (button?.dataset.save) {
    save(button.dataset.save);
    button.closest("details").open = false;
    button.closest("details").querySelector("summary").focus();
  } else if (button && "tongue" in button.dataset) {
    form.elements.language.value = button.dataset.tongue;
    ask({ again: true });
  } else if (button?.dataset.act in acts) acts[button.dataset.act](button);
});
/* Also a click on the mode that is chosen already ends a comparison. */
form.querySelector(".modes").addEventListener("click", (event) => {
  if (!comparing || event.target.name !== "mode") return;
  setComparing(false);
  askAnew();
});
for (const kind of ["pointerover", "focusin"]) {
  part("hits").addEventListener(kind, (event) => {
    const hit = event.target.closest(".hit");
    if (hit) pointAtChunk(Number(hit.dataset.chunk));
  });
}
/* A run of the history is searched for anew, in what is there now. */
const reopen = () => {
  if (!props.value) return;
  const run = JSON.parse(props.value);
  llamaDemo.searchView?.("find");
  box.value = run.query;
  like = null;
  setComparing(false);
  if ([...form.elements.collection.options].some((one) => one.value === run.collection)) form.elements.collection.value = run.collection;
  for (const mode of form.elements.mode) mode.checked = mode.value === run.mode;
  ask({ again: true });
};
watch("value", reopen);
window.addEventListener("llama-demo-view", learn);
window.addEventListener("llama-demo-library", learn);
new MutationObserver(offer).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
offer();
learn();
if (props.value) reopen();
