// @ts-check
/* The documents of the library: collections, what is in one, what is added to it and done with it. */
import { pillButton } from "../lib/button.js";
import { client, upload } from "../lib/client.js";
import { collectionOption } from "../lib/collections.js";
import { confirmed, watchConfirmations } from "../lib/confirm.js";
import { create, parts } from "../lib/dom.js";
import { acceptDrops } from "../lib/drop.js";
import { emit, listen } from "../lib/events.js";
import { bilingual, onLanguageChange, text } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { statusLine } from "../lib/status.js";
import { isTemporary } from "../lib/visit.js";
import { batches, withoutLeftovers } from "./batches.js";
import { droppedFiles } from "./dropped_files.js";
import { createJobCard, NO_PROGRESS } from "./library_job.js";
import { documentRow } from "./library_rows.js";

const LOOK_EVERY = 600; /* milliseconds between two looks at what is being indexed */

/** @param {import("../index.js").Component} component */
export const mount = ({ element, props, server }) => {
  const api = /** @type {import("../types").LibraryServer} */ (client(server));
  const part = parts(element);
  const notice = noticeIn(part("problem"));
  const { say } = statusLine("#library-status");
  const card = createJobCard(element, say);
  const chooser = part("collection");
  const naming = part("naming");

  /** @type {import("../types").LibraryResponse} */
  let library = { collections: [], documents: [], total: 0, running: "" };
  let fresh = ""; /* a collection that will be there when something is added to it */
  let renaming = false; /* whether the name is for the collection that is shown, or for a new one */
  /** @type {string[]} */
  let jobs = []; /* ids of what is being indexed */
  /** @type {{ done: number, total: number, collection: string, stopped: boolean } | null} */
  let sending = null;
  /** @type {import("./library_job.js").Rejected[]} */
  let rejected = [];
  let looking;

  const isShared = () => chooser.value === "sample";
  const isOwn = () => !isShared() && library.collections.some((one) => one.name === chooser.value && !one.shared);
  /* Where what is added goes. */
  const target = () => (isShared() ? props.own : chooser.value);

  /* Call the server; what goes wrong is told, and the answer is then null.
   * @template T @param {Promise<T>} call @returns {Promise<T | null>} */
  const attempt = async (call, place = notice) => {
    try {
      return await call;
    } catch (error) {
      place.show(error);
      return null;
    }
  };
  /* As above, for what a person does: what was told before goes. */
  const act = (call, place = notice) => {
    place.clear();
    return attempt(call, place);
  };

  /* ---- the list -------------------------------------------------------------------------------------- */

  const offerCollections = () => {
    const chosen = chooser.value || props.own;
    const listed = [...library.collections];
    const absent = (name, key) => ({ name, key, documents: 0, chunks: 0, shared: false });
    if (!listed.some((one) => one.name === props.own)) listed.unshift(absent(props.own, "search.collection.default"));
    if (fresh && !listed.some((one) => one.name === fresh)) listed.push(absent(fresh, ""));
    listed.sort((one, other) => Number(other.name === props.own) - Number(one.name === props.own) || Number(one.shared) - Number(other.shared));
    chooser.replaceChildren(...listed.map((one) => collectionOption(one, chosen)));
  };
  const draw = () => {
    offerCollections();
    const { documents, total } = library;
    const inside = library.collections.find((one) => one.name === chooser.value)?.documents ?? 0;
    const chunks = documents.reduce((sum, one) => sum + one.chunks, 0);
    const key = total > documents.length ? "library.counted.some" : "library.counted";
    part("counted").replaceChildren(...(total ? [bilingual(key, { documents: inside, chunks, shown: documents.length })] : []));
    part("none").hidden = total > 0;
    part("documents").replaceChildren(...documents.map((one) => documentRow(one, { names: props.names, editable: isOwn() })));
    part("retry-all").hidden = !isOwn() || documents.filter((one) => one.state === "failed").length < 2;
    part("read-only").hidden = !isShared();
    for (const name of ["rename-collection", "remove-collection"]) {
      /** @type {HTMLElement} */ (element.querySelector(`[data-act=${name}]`)).hidden = !isOwn();
    }
  };
  const list = async () => {
    const found = await attempt(api.listing({ collection: chooser.value || props.own }));
    if (!found) return;
    library = found;
    draw();
    if (found.running) follow([found.running]);
  };
  const changed = async () => {
    await list();
    emit("library:changed");
  };

  /* ---- what is added --------------------------------------------------------------------------------- */

  const follow = (ids) => {
    const unknown = ids.filter((id) => !jobs.includes(id));
    if (!unknown.length) return;
    jobs.push(...unknown);
    card.show(true);
    look();
  };
  const look = async () => {
    clearTimeout(looking);
    const progress = jobs.length ? await attempt(api.progress({ jobs })) : NO_PROGRESS;
    if (!progress) {
      looking = setTimeout(look, 5 * LOOK_EVERY); /* the app may be on its way back */
      return;
    }
    card.draw(progress, sending, rejected);
    if (progress.running || sending) looking = setTimeout(look, LOOK_EVERY);
    else {
      jobs = [];
      rejected = [];
      changed();
    }
  };
  const reject = (files) => {
    const reason = () => bilingual("library.too_large", { megabytes: Math.floor(props.largest / 2 ** 20) });
    rejected.push(...files.map(({ name }) => ({ name, reason })));
  };
  /** @param {import("./batches.js").NamedFile[]} files */
  const sendAll = async (files) => {
    sending = { done: 0, total: files.length, collection: target(), stopped: false };
    const mine = sending;
    if (isShared()) chooser.value = props.own;
    card.show(true);
    card.draw(NO_PROGRESS, sending, rejected);
    for (const batch of batches(files)) {
      if (mine.stopped) break;
      const request = { collection: mine.collection, names: batch.map(({ name }) => name) };
      const answer = await attempt(upload("library/add", request, batch.map(({ file }) => file)));
      if (!answer) break;
      mine.done += batch.length;
      follow([answer.job]);
    }
    sending = null;
    if (!jobs.length && !rejected.length) card.show(false); /* nothing got through; it is told why */
    return look();
  };
  /** @param {import("./batches.js").NamedFile[]} found */
  const take = (found) => {
    if (isTemporary()) return notice.tell("errors.library_temporary");
    notice.clear();
    const files = withoutLeftovers(found);
    if (!files.length) return say("library.nothing");
    if (files.length > props.most) {
      return notice.tell("errors.library_too_many_files", { count: files.length.toLocaleString("en"), limit: props.most.toLocaleString("en") });
    }
    reject(files.filter(({ file }) => file.size > props.largest));
    return sendAll(files.filter(({ file }) => file.size <= props.largest));
  };
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("input[type=file]"))) {
    input.addEventListener("change", () => {
      take([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
      input.value = "";
    });
  }
  acceptDrops(part("drop"), async (transfer) => {
    const files = await droppedFiles(transfer).catch(() => null);
    if (files) take(files);
    else notice.tell("browser.unreachable");
  });
  const paste = /** @type {any} */ (element.querySelector("form.paste-form"));
  const pasteNotice = noticeIn(part("paste-problem"));
  paste.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { title, text: body } = paste.elements;
    const answer = await act(api.add_text({ collection: target(), name: title.value, text: body.value }), pasteNotice);
    if (!answer) return;
    paste.reset();
    if (isShared()) chooser.value = props.own;
    follow([answer.job]);
  });

  /* ---- what is done with collections ------------------------------------------------------------------ */

  const openNaming = (again) => {
    renaming = again;
    naming.hidden = false;
    naming.elements.name.value = again && chooser.value !== props.own ? chooser.value : "";
    naming.elements.name.focus();
  };
  const closeNaming = () => {
    naming.hidden = true;
    /** @type {HTMLElement} */ (element.querySelector(`[data-act=${renaming ? "rename" : "new"}-collection]`)).focus();
  };
  naming.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = naming.elements.name.value.trim();
    if (!name) return;
    if (renaming && !(await act(api.rename_collection({ collection: chooser.value, name })))) return;
    fresh = name;
    offerCollections();
    chooser.value = name;
    closeNaming();
    await changed();
    say(renaming ? "library.status.renamed" : "library.status.collection_new", { name });
  });
  const removeCollection = async () => {
    const collection = chooser.value;
    const name = chooser.selectedOptions[0].textContent;
    if (!(await act(api.remove_collection({ collection })))) return;
    if (fresh === collection) fresh = "";
    chooser.value = props.own;
    await changed();
    say("library.status.collection_removed", { name });
    part("listed-title").focus();
  };

  /* ---- what is done with documents -------------------------------------------------------------------- */

  const buttonOf = (id, name) => /** @type {HTMLElement | null} */ (element.querySelector(`[data-id="${id}"] [data-act=${name}]`));
  const rename = (row) => {
    const { id, name } = row.dataset;
    const input = create("input", { type: "text", value: name, dir: "auto", maxLength: 120, ariaLabel: text("library.document.name", { name }) });
    const keep = create("button", { type: "submit", className: "pill-button small" }, bilingual("library.document.keep"));
    const form = create("form", { className: "naming" }, input, keep, pillButton("stay", "library.cancel"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!(await act(api.rename({ documents: [id], name: input.value })))) return input.focus();
      await changed();
      buttonOf(id, "rename")?.focus();
      return say("library.status.renamed", { name: input.value.trim() });
    });
    row.querySelector(".document-acts").hidden = true;
    row.querySelector(".document-name").replaceChildren(form);
    input.focus();
    input.select();
  };
  const stay = (row) => {
    draw();
    buttonOf(row.dataset.id, "rename")?.focus();
  };
  const remove = async (row) => {
    const beside = (row.nextElementSibling ?? row.previousElementSibling)?.dataset.id;
    if (!(await act(api.remove({ documents: [row.dataset.id] })))) return;
    await changed();
    say("library.status.removed", { name: row.dataset.name });
    (buttonOf(beside, "remove") ?? part("listed-title")).focus();
  };
  const retry = async (documents) => {
    const answer = await act(api.retry({ documents }));
    if (!answer) return;
    say("library.status.retrying");
    follow([answer.job]);
  };

  /* ---- events ----------------------------------------------------------------------------------------- */

  const actions = {
    "new-collection": () => openNaming(false),
    "rename-collection": () => openNaming(true),
    "remove-collection": removeCollection,
    unname: closeNaming,
    stop: () => {
      if (sending) sending.stopped = true;
      if (jobs.length) act(api.stop({ jobs }));
    },
    dismiss: () => {
      card.show(false);
      part("drop").querySelector("input").focus();
    },
    rename,
    remove,
    stay,
    retry: (row) => retry([row.dataset.id]),
    "retry-all": () => retry(library.documents.filter((one) => one.state === "failed").map((one) => one.id)),
  };
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button[data-act]"));
    if (button && confirmed(button)) actions[button.dataset.act](button.closest(".document-row"));
  });
  watchConfirmations(element);
  element.addEventListener("keydown", (event) => {
    const where = /** @type {Element} */ (event.target);
    if (event.key !== "Escape" || event.isComposing || !where.closest("form.naming")) return;
    const row = where.closest(".document-row");
    if (row) stay(row);
    else closeNaming();
  });
  chooser.addEventListener("change", list);
  listen("search:view-changed", (view) => {
    if (view === "documents") list();
  });
  onLanguageChange(offerCollections);
  offerCollections();
};
