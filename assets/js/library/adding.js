/* Files on their way in: dropped or chosen, sent in batches, then watched while they are indexed. */
const BATCH_FILES = 250;
const BATCH_BYTES = 32 * 1024 * 1024;
const LOOK_EVERY = 600; /* milliseconds */
const SKIPPED = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/; /* what systems leave in folders */
let jobs = []; /* ids of what is being indexed */
let sending = null; /* how much has been sent */
let refused = [];
let looking;

const follow = (ids) => {
  const unknown = ids.filter((id) => !jobs.includes(id));
  if (!unknown.length) return;
  jobs.push(...unknown);
  part("job").hidden = false;
  look();
};
const refusal = (one) => {
  const reason = made("span", { className: "reason" });
  if (typeof one.reason === "string") reason.innerHTML = one.reason; /* made and escaped by the server */
  else reason.append(one.reason());
  return made("li", {}, made("strong", { textContent: one.name, dir: "auto" }), reason);
};
/* What became of the files; what is none of them is not told. */
const counted = (language, counts) => {
  const some = Object.entries(counts).filter(([name, count]) => count || (name === "added" && !counts.unchanged && !counts.failed));
  return some.map(([name, count]) => filled(language, `library.job.${name}`, { count })).join(filled(language, "library.job.and", {}));
};
const showJob = (told) => {
  const { done, total, running, stopped, added, unchanged, failed } = told;
  const busy = running || sending;
  const all = [...refused, ...failed];
  const left = told.seconds_left === null ? 0 : Math.max(1, Math.ceil(told.seconds_left));
  const key = sending ? "library.job.sending" : running ? (left ? "library.job.left" : "library.job.running") : stopped ? "library.job.stopped" : "library.job.done";
  const counts = (language) => counted(language, { added, unchanged: unchanged.length, failed: all.length });
  const values = sending ? { done: sending.done, total: sending.total } : { done, total, left, counts };
  part("job-state").replaceChildren(bilingual(key, values));
  const bar = part("job-bar");
  bar.hidden = !busy;
  bar.max = Math.max(1, sending ? sending.total : total);
  bar.value = sending ? sending.done : done;
  part("job-current").replaceChildren(...(busy && told.current ? [bilingual("library.job.current", { name: told.current })] : []));
  part("refused").replaceChildren(...all.map(refusal));
  part("job-stop").hidden = !busy;
  part("job-dismiss").hidden = Boolean(busy);
  if (!busy && (done || all.length || stopped)) say(key, values);
};
const NOTHING = { done: 0, total: 0, running: false, stopped: false, added: 0, unchanged: [], failed: [], current: "", seconds_left: null };
const look = async () => {
  clearTimeout(looking);
  let answer = NOTHING;
  if (jobs.length) answer = await ask("progress", { jobs });
  if (!answer) {
    looking = setTimeout(look, 5 * LOOK_EVERY); /* the app may be on its way back */
    return;
  }
  showJob(answer);
  if (answer.running || sending) looking = setTimeout(look, LOOK_EVERY);
  else {
    jobs = [];
    refused = [];
    changed();
  }
};
const send = async (files) => {
  const body = new FormData();
  body.append("names", JSON.stringify(files.map(({ name }) => name)));
  for (const { file } of files) body.append("files", file, "file");
  const header = (value) => encodeURIComponent(value);
  const headers = { "X-Visit": header(JSON.stringify(llamaDemo.visit())), "X-Collection": header(sending.collection) };
  const answer = await fetch("library/add", { method: "POST", headers, body });
  if (answer.ok) return (await answer.json()).job;
  problemAt("problem", await answer.text());
  return null;
};
const batches = (files) => {
  const all = [];
  let bytes = Infinity;
  for (const one of files) {
    const current = all.at(-1);
    if (!current || current.length >= BATCH_FILES || bytes + one.file.size > BATCH_BYTES) {
      all.push([one]);
      bytes = one.file.size;
    } else {
      current.push(one);
      bytes += one.file.size;
    }
  }
  return all;
};
const take = async (found) => {
  if (llamaDemo.temporary) return part("problem").replaceChildren(element.querySelector("template.temporary").content.cloneNode(true));
  problemAt("problem");
  const files = found.filter(({ name }) => !SKIPPED.test(name));
  if (!files.length) return say("library.nothing");
  if (files.length > props.most) {
    const sentence = bilingual("errors.library_too_many_files", { count: files.length.toLocaleString("en"), limit: props.most.toLocaleString("en") });
    return part("problem").replaceChildren(made("p", { className: "problem", role: "alert" }, sentence));
  }
  const large = files.filter(({ file }) => file.size > props.largest);
  refused.push(...large.map(({ name }) => ({ name, reason: () => bilingual("library.too_large", { megabytes: Math.floor(props.largest / 2 ** 20) }) })));
  const fit = files.filter(({ file }) => file.size <= props.largest);
  sending = { done: 0, total: fit.length, collection: target(), stopped: false };
  const mine = sending;
  if (shared()) chooser.value = props.own;
  part("job").hidden = false;
  showJob(NOTHING);
  try {
    for (const batch of batches(fit)) {
      const job = mine.stopped ? null : await send(batch);
      if (!job) break;
      mine.done += batch.length;
      follow([job]);
    }
  } catch {
    unreachableAt("problem");
  }
  sending = null;
  if (!jobs.length && !refused.length) part("job").hidden = true; /* nothing got through; it is told why */
  return look();
};

/* ---- out of which they come: fields, folders, what is dropped --------------------------------------- */

const drop = part("drop");
for (const input of element.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    take([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
    input.value = "";
  });
}
const inside = (folder) =>
  new Promise((resolve, reject) => {
    const reader = folder.createReader();
    const all = [];
    const some = () =>
      reader.readEntries((entries) => {
        all.push(...entries);
        if (entries.length) some(); /* it gives a hundred at a time */
        else resolve(all);
      }, reject);
    some();
  });
const unfold = async (entry, path = "") => {
  const name = `${path}${entry.name}`;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), name }];
  const found = [];
  for (const each of await inside(entry)) found.push(...(await unfold(each, `${name}/`)));
  return found;
};
const dropped = async (transfer) => {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...transfer.files].map((file) => ({ file, name: file.name }));
  if (!entries.some((entry) => entry.isDirectory)) return take(files);
  const found = [];
  for (const entry of entries) found.push(...(await unfold(entry)));
  return take(found);
};
takesDrops(drop, (transfer) => dropped(transfer).catch(() => unreachableAt("problem")));

const paste = element.querySelector("form.paste-form");
paste.addEventListener("submit", async (event) => {
  event.preventDefault();
  const collection = target();
  const answer = await ask("add_text", { collection, name: paste.elements.title.value, text: paste.elements.text.value }, "paste-problem");
  if (!answer) return;
  paste.reset();
  if (shared()) chooser.value = props.own;
  follow([answer.job]);
});
