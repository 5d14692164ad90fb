// @ts-check
/* What is searched for and found. A search goes off when typing pauses; what an input method still puts together
 * does not count as typed. An answer that a later request has overtaken is not shown. */
import { client } from "../lib/client.js";
import { collectionOption, option, searchable, showPreparing } from "../lib/collections.js";
import { deepeningLine } from "../lib/deepening.js";
import { parts, reveal } from "../lib/dom.js";
import { emit, listen } from "../lib/events.js";
import { saveText } from "../lib/files.js";
import { bilingual, onLanguageChange, text } from "../lib/i18n.js";
import { seeInside } from "../lib/inside.js";
import { closeMenu } from "../lib/menu.js";
import { noticeIn } from "../lib/notice.js";
import { passageDialog } from "../lib/passage.js";
import { statusLine } from "../lib/status.js";
import { createHitLists, hasMarks, isUnknown, SHOWN } from "./hits.js";
import { languageChoices } from "./languages.js";
import { createMap } from "./map.js";

const PAUSE = 400; /* milliseconds without typing after which a search goes off */
const SLOW = 300; /* milliseconds after which the status says that a search is on its way */
const PREPARING_EVERY = 1_000; /* milliseconds between two looks at samples that are being indexed */
const LONGEST_EXCERPT = 90; /* characters of a passage that others are to be like */

/** @param {import("../index.js").Component} component */
export const mount = ({ element, props, server, watch }) => {
  const api = /** @type {import("../types").SearchServer & import("../types").CollectionsServer} */ (client(server));
  const part = parts(element);
  const page = element.querySelector(".search");
  const form = /** @type {any} */ (element.querySelector("form.search-form"));
  const fields = form.elements;
  const box = fields.query;
  const notice = noticeIn(part("problem"));
  const status = statusLine("#search-status");
  const languageName = (code) => props.names[code] ?? code;
  const lists = createHitLists(element, { languageName, among: props.among });
  const drawLanguages = languageChoices(part("tongues"), languageName);
  const showPassage = passageDialog(element);
  const collectionName = () => (fields.collection.options.length ? fields.collection.value : "sample"); /* empty: all */
  const deepening = deepeningLine(element, () => api.deepening({ collection: collectionName() }));

  /** @type {import("../types").CollectionsResponse} */
  let known = { collections: [], documents: [], languages: [], samples: { done: 0, total: 0 }, understands: false, deep: { done: 0, total: 0, failed: false } };
  /** @type {{ query: string, hits: import("../types").HitItem[] }} */
  let shown = { query: "", hits: [] };
  /** @type {{ chunk: number, text: string } | null} */
  let like = null; /* the passage that others are to be like, in place of the query */
  let comparing = false;
  let newest = 0; /* number of the newest request */
  let mapped = ""; /* what the map was drawn for */
  let pausing;
  let preparing;

  const request = (more = {}) => ({
    query: box.value,
    collection: fields.collection.value,
    mode: fields.mode.value,
    document: fields.document.value,
    language: fields.language.value,
    since: fields.since.value,
    until: fields.until.value,
    compare: comparing,
    chunk: like?.chunk ?? null,
    ...more,
  });

  /* ---- what was found ------------------------------------------------------------------------------- */

  const clear = () => {
    clearTimeout(pausing);
    newest += 1;
    shown = { query: "", hits: [] };
    like = null;
    notice.clear();
    part("hits").replaceChildren();
    for (const name of ["two", "legend", "saving", "inside", "likeness", "tongues"]) part(name).hidden = true;
    part("empty").hidden = false;
    part("empty").replaceChildren(bilingual("search.empty"));
    part("columns").classList.remove("wide");
    page.classList.remove("working", "answered");
    status.clear();
    map.mark([], null);
  };
  /** @param {import("../types").HitsItem} found */
  const showOne = (found) => {
    lists.draw(found.hits);
    const count = found.hits.length;
    part("empty").hidden = count > 0;
    part("empty").replaceChildren(bilingual(isUnknown(found) ? "search.none.unknown" : "search.none"));
    const key = count === 0 ? "search.status.none" : count === 1 ? "search.status.found.one" : "search.status.found";
    status.say(key, { count, searched: found.searched.toLocaleString("en"), seconds: (found.milliseconds / 1000).toFixed(2) });
    markFound(found.hits);
  };
  /** @param {import("../types").SearchResponse} found */
  const showTwo = (found) => {
    const [meaning, words] = [found.meaning?.hits ?? [], found.words.hits].map((hits) => hits.slice(0, SHOWN).map((hit) => hit.chunk));
    lists.compare(found);
    part("empty").hidden = true;
    if (!words.length) return status.say(meaning.length ? "search.side.words.none" : "search.status.none");
    if (!meaning.length) return status.say("search.side.meaning.none");
    const both = meaning.filter((chunk) => words.includes(chunk)).length;
    return status.say(both === 1 ? "search.status.compared.one" : "search.status.compared", { both, shown: Math.max(meaning.length, words.length) });
  };
  /** @param {import("../types").SearchResponse} response @param {string} query */
  const show = (response, query) => {
    const compared = !response.found;
    page.classList.add("answered");
    shown = { query, hits: response.found?.hits ?? [...(response.meaning?.hits ?? []), ...response.words.hits] };
    part("columns").classList.toggle("wide", compared);
    part("saving").hidden = compared || !shown.hits.length;
    part("inside").hidden = !known.understands || !query.trim();
    part("likeness").hidden = !like;
    if (like) part("like").replaceChildren(bilingual("search.like", { text: like.text }));
    if (response.found) showOne(response.found);
    else showTwo(response);
    part("legend").hidden = !hasMarks(shown.hits);
    drawLanguages(shown.hits, compared || like ? [] : known.languages, fields.language.value);
  };
  const search = async ({ typed = false, again = false } = {}) => {
    clearTimeout(pausing);
    const query = box.value;
    if (!like && !query.trim()) {
      clear();
      if (!typed) notice.tell("errors.search_empty");
      return;
    }
    newest += 1;
    const number = newest;
    notice.clear();
    page.classList.add("working");
    const slow = setTimeout(() => status.say("search.status.searching"), SLOW);
    try {
      const found = await api.find(request({ typed: typed || query === shown.query, again }));
      if (number === newest) show(found, query);
    } catch (error) {
      if (number !== newest) return;
      notice.show(error);
      status.clear();
    } finally {
      clearTimeout(slow);
      if (number === newest) page.classList.remove("working");
    }
  };
  const searchSoon = () => {
    clearTimeout(pausing);
    like = null;
    if (!box.value.trim()) clear();
    else pausing = setTimeout(search, PAUSE, { typed: true });
  };
  /* After a change of anything but the query: only if there is something to search for. */
  const searchAnew = () => {
    if (like || box.value.trim()) search({ typed: true });
  };
  const setComparing = (on) => {
    comparing = on;
    if (on) like = null;
    page.classList.toggle("comparing", on);
    element.querySelector("[data-act=compare]").setAttribute("aria-pressed", String(on));
  };
  const openPassage = async (chunk) => {
    try {
      showPassage(await api.surroundings({ chunk, query: like ? "" : shown.query }));
    } catch (error) {
      notice.show(error);
    }
  };
  part("inside").addEventListener("click", () => seeInside({ task: "search", text: shown.query }));
  const save = async (kind) => {
    try {
      const file = await api.save(request({ form: kind, query: shown.query }));
      saveText(file.name, file.text, file.type);
      status.say("search.status.saved", { file: file.name });
    } catch (error) {
      notice.show(error);
    }
  };

  /* ---- the map, and what can be searched -------------------------------------------------------------- */

  const map = createMap(element, { open: openPassage, say: status.say });
  const markFound = async (hits) => {
    if (!map.isDrawn) return;
    const { query } = shown;
    map.mark(hits, null);
    if (like || !hits.length || !known.understands) return;
    const found = await api.points({ query, collection: fields.collection.value, points: false }).catch(() => null);
    if (found && query === shown.query && !like) map.mark(hits, found.query); /* else the star is left out */
  };
  const drawMap = async () => {
    const collection = fields.collection.value;
    const state = JSON.stringify([collection, known.collections.map((one) => [one.name, one.chunks])]);
    if (state === mapped) return;
    mapped = state;
    try {
      const found = await api.points({ collection });
      if (collection !== fields.collection.value) return;
      map.draw(found);
      if (!part("columns").classList.contains("wide")) markFound(shown.hits);
    } catch {
      mapped = "";
    }
  };
  const offer = () => {
    const [chosen, documentId, language] = [collectionName(), fields.document.value, fields.language.value];
    const { listed, own } = searchable(known.collections);
    fields.collection.replaceChildren(
      ...listed.map((one) => collectionOption(one, chosen)),
      ...(own.length ? [option("", text("search.collection.all"), chosen)] : []),
    );
    fields.document.replaceChildren(option("", text("search.document.any"), documentId), ...known.documents.map(([id, name]) => option(id, name, documentId)));
    fields.language.replaceChildren(option("", text("search.language.any"), language), ...known.languages.map((code) => option(code, languageName(code), language)));
  };
  const learn = async () => {
    clearTimeout(preparing);
    try {
      known = await api.about({ collection: collectionName() });
    } catch {
      return; /* it is asked for anew as soon as it is needed */
    }
    offer();
    if (!showPreparing(part("preparing"), known.samples)) preparing = setTimeout(learn, PREPARING_EVERY);
    else if (known.understands) drawMap();
    part("wordy").hidden = known.understands;
    deepening.show(known.deep);
  };

  /* ---- events --------------------------------------------------------------------------------------- */

  const chunkOf = (button) => Number(button.closest(".hit").dataset.chunk);
  const actions = {
    more: (button) => {
      const excerpt = button.closest(".hit").querySelector(".hit-text").textContent;
      like = { chunk: chunkOf(button), text: excerpt.length > LONGEST_EXCERPT ? `${excerpt.slice(0, LONGEST_EXCERPT)}…` : excerpt };
      setComparing(false);
      search();
      /** @type {HTMLElement} */ (element.querySelector("#search-found")).focus();
    },
    unlike: () => {
      like = null;
      search({ again: true });
      box.focus();
    },
    open: (button) => openPassage(chunkOf(button)),
    compare: () => {
      setComparing(!comparing);
      searchAnew();
    },
    narrow: (button) => {
      const filters = /** @type {HTMLElement} */ (element.querySelector("#search-filters"));
      filters.hidden = !filters.hidden;
      button.setAttribute("aria-expanded", String(!filters.hidden));
    },
    widen: () => {
      for (const name of ["document", "language", "since", "until"]) fields[name].value = "";
      searchAnew();
    },
  };
  const tryQuestion = (question) => {
    box.value = question;
    fields.collection.value = "sample";
    like = null;
    search();
    reveal("#search-status");
  };
  element.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button) return;
    const { question, save: kind, tongue, act } = button.dataset;
    if (question) tryQuestion(question);
    else if (kind) {
      save(kind);
      closeMenu(button.closest("details"));
    } else if (tongue !== undefined) {
      fields.language.value = tongue;
      search({ again: true });
    } else if (act in actions) actions[act](button);
  });
  box.addEventListener("input", (event) => {
    if (!event.isComposing) searchSoon();
  });
  box.addEventListener("compositionstart", () => clearTimeout(pausing));
  box.addEventListener("compositionend", searchSoon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    like = null;
    search();
  });
  form.addEventListener("change", (event) => {
    if (event.target === box) return;
    if (event.target.name === "collection") {
      fields.document.value = "";
      like = null;
      learn();
    }
    searchAnew();
  });
  /* Also a click on the mode that is chosen already ends a comparison. */
  form.querySelector(".modes").addEventListener("click", (event) => {
    if (!comparing || event.target.name !== "mode") return;
    setComparing(false);
    searchAnew();
  });
  for (const kind of ["pointerover", "focusin"]) {
    part("hits").addEventListener(kind, (event) => {
      const hit = event.target.closest(".hit");
      if (hit) map.showChunk(Number(hit.dataset.chunk));
    });
  }
  /* A run of the history is searched for anew, in what is there now. */
  const reopen = () => {
    if (!props.value) return;
    const run = JSON.parse(props.value);
    emit("search:view-wanted", "find");
    box.value = run.query;
    like = null;
    setComparing(false);
    if ([...fields.collection.options].some((one) => one.value === run.collection)) fields.collection.value = run.collection;
    for (const mode of fields.mode) mode.checked = mode.value === run.mode;
    search({ again: true });
  };
  watch("value", reopen);
  listen("search:view-changed", learn);
  listen("library:changed", learn);
  onLanguageChange(offer);
  offer();
  learn();
  reopen();
};
