// @ts-check
/* Documents: dropped or chosen, translated one after the other, and fetched. They travel by requests of their own;
 * none is ever written on the server. */
import { pillButton } from "../lib/button.js";
import { client, download, RequestError, uploadStream } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { acceptDrops } from "../lib/drop.js";
import { listen } from "../lib/events.js";
import { saveFile } from "../lib/files.js";
import { bilingual } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { statusLine } from "../lib/status.js";
import { currentDirection } from "./direction.js";

/** @typedef {import("../types").DocumentProgressLine} Progress */
/** @typedef {{ file: File, row: Row, id: string, leaving: AbortController }} Job */
/** @typedef {ReturnType<typeof createRow>} Row */

const MEGABYTE = 2 ** 20;

/** The key of what is said of a document. @param {Progress} progress */
const stateKey = ({ state, total, seconds_left }) => {
  if (state === "waiting") return "translate.documents.queued";
  if (state === "stopped") return "translate.documents.stopped";
  if (state === "done") return total === 1 ? "translate.documents.done.one" : "translate.documents.done";
  return seconds_left === null ? "translate.documents.begun" : "translate.documents.running";
};

/** A document in the list. @param {string} name */
const createRow = (name) => {
  const title = create("span", { className: "document-name", textContent: name, dir: "auto" });
  const bar = create("progress", { value: 0, max: 1, ariaLabel: name });
  const state = create("span", { className: "document-state note" }, bilingual("translate.documents.waiting"));
  const acts = create("span", { className: "document-acts" }, pillButton("cancel", "translate.documents.cancel"));
  const problem = create("div", { className: "document-problem" });
  const lacking = create("div", { className: "document-lacking" });
  /** @type {HTMLElement} */
  const item = create("li", { className: "document" }, title, bar, state, acts, lacking, problem);
  const notice = noticeIn(problem, "translate.documents.unreachable");
  const failed = () => {
    item.classList.add("failed");
    bar.hidden = true;
    state.replaceChildren();
  };
  /** @param {string} key @param {import("../lib/i18n.js").Values} [values] */
  const say = (key, values) => state.replaceChildren(bilingual(key, values));
  return {
    item,
    say,
    /** @param {unknown} error */
    fail(error) {
      notice.show(error);
      failed();
    },
    /** @param {string} key @param {import("../lib/i18n.js").Values} [values] */
    refuse(key, values) {
      notice.tell(key, values);
      failed();
    },
    /** @param {Progress} progress */
    show(progress) {
      const { id, done, total, unsure, seconds_left } = progress;
      const values = { done, total, left: Math.max(1, Math.ceil(seconds_left ?? 0)) };
      say(stateKey(progress), values);
      if (progress.state === "waiting") return;
      item.dataset.id = id;
      title.textContent = progress.name;
      /* What of the file could not be read; escaped by the server. */
      lacking.replaceChildren(...progress.notices.map((one) => create("p", { className: "note document-notice", innerHTML: one })));
      Object.assign(bar, { max: Math.max(1, total), value: done });
      if (progress.state === "running" || !unsure) return;
      /* How many passages are to be read again, marked as unsure sentences are. */
      item.classList.add("doubtful");
      const key = unsure === 1 ? "translate.documents.unsure.one" : "translate.documents.unsure";
      state.append(" · ", create("span", { className: "unsure-said" }, bilingual(key, { count: unsure })));
    },
    /** @param {boolean} kept whether there is a file to be fetched */
    finish(kept) {
      const fetching = kept ? [pillButton("fetch", "translate.documents.fetch")] : [];
      acts.replaceChildren(...fetching, pillButton("forget", "translate.documents.forget"));
    },
  };
};

/** @param {import("../index.js").Component} component */
export const mount = ({ element, props, server }) => {
  const part = parts(element);
  const status = statusLine("#translate-status");
  const api = /** @type {import("../types").DocumentServer} */ (client(server));
  /** @type {HTMLElement} */
  const list = part("documents");
  const input = part("drop").querySelector("input");
  /** @type {WeakMap<Element, Row>} */
  const rows = new WeakMap();
  /** @type {Job[]} */
  const waiting = [];
  /** @type {Job | null} */
  let working = null;

  const showDirection = () => {
    const direction = currentDirection();
    if (!direction) return;
    const { source, target, otherwise } = direction;
    const detected = otherwise ? "translate.documents.either" : "translate.documents.detected";
    const [from, into, other] = [source, target, otherwise].map((code) => direction.nameOf(code));
    part("direction").replaceChildren(
      bilingual(source === "auto" ? detected : "translate.documents.direction", { source: from, target: into, other }),
    );
  };

  /** @param {Job} job @param {Progress | import("../types").ProblemLine} progress */
  const progressed = (job, progress) => {
    if ("problem" in progress) throw new RequestError(progress.problem);
    job.row.show(progress);
    job.id = progress.id;
    const { state, unsure, name } = progress;
    if (state === "done" || state === "stopped") status.say(`translate.status.document.${state}${unsure ? ".unsure" : ""}`, { name });
  };
  /** @param {Job} job */
  const translate = async (job) => {
    const { source = "auto", target = "en", model = "", otherwise = "" } = currentDirection() ?? {};
    /** @type {import("../types").TranslateDocumentRequest} */
    const request = { source, target, model, otherwise, name: job.file.name };
    job.row.say("translate.documents.opening");
    try {
      for await (const progress of uploadStream("translate/document", request, [job.file], job.leaving.signal)) progressed(job, progress);
    } catch (error) {
      if (job.leaving.signal.aborted) job.row.item.remove();
      else job.row.fail(error);
    }
  };
  const work = async () => {
    if (working) return;
    while ((working = waiting.shift() ?? null)) {
      const job = working;
      await translate(job);
      job.row.finish(Boolean(job.id));
    }
  };
  /** @param {File} file @returns {[string, import("../lib/i18n.js").Values] | null} why it cannot be translated */
  const refusal = (file) => {
    const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
    if (!props.suffixes.includes(ending)) return ["translate.documents.unknown", { kinds: props.suffixes.join(" ") }];
    return file.size > props.largest ? ["translate.documents.too_large", { megabytes: props.largest / MEGABYTE }] : null;
  };
  /** @param {Iterable<File>} files */
  const take = (files) => {
    for (const file of files) {
      const row = createRow(file.name);
      rows.set(row.item, row);
      list.append(row.item);
      const refused = refusal(file);
      if (refused) {
        row.refuse(...refused);
        row.finish(false);
      } else waiting.push({ file, row, id: "", leaving: new AbortController() });
    }
    work();
  };

  /** @param {Row} row */
  const fetchResult = async (row) => {
    /** @type {import("../types").TranslatedFileRequest} */
    const request = { id: row.item.dataset.id };
    try {
      const { name, blob } = await download("translate/document/result", request);
      saveFile(name, blob);
      status.say("translate.status.saved", { file: name });
    } catch (error) {
      row.fail(error);
    }
  };
  /* One that has begun ends with what is done; one that waits for its turn, or is still read, just goes. */
  /** @param {Row} row */
  const cancel = (row) => {
    const place = waiting.findIndex((job) => job.row === row);
    if (place >= 0) {
      waiting.splice(place, 1);
      row.item.remove();
    } else if (working?.id) api.stop_document().catch((error) => row.fail(error));
    else working?.leaving.abort();
  };
  list.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const act = target.closest("button")?.dataset.act;
    const row = rows.get(/** @type {Element} */ (target.closest(".document")));
    if (!row) return;
    if (act === "cancel") cancel(row);
    if (act === "fetch") fetchResult(row);
    if (act === "forget") {
      row.item.remove();
      input.focus();
    }
  });
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  acceptDrops(part("drop"), (transfer) => take([...transfer.files]));
  listen("translate:direction-changed", showDirection);
  showDirection();
};
