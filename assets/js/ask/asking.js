/* What is typed and pressed. */
const box = part("question");
const TALLEST = 9; /* lines of the box before it scrolls */
const roomy = window.matchMedia("(hover: hover)");
let asked = 0; /* number of the newest request */
let busy = false;

const stretch = (area) => {
  area.style.height = "auto";
  const line = parseFloat(getComputedStyle(area).lineHeight) || 24;
  area.style.height = `${Math.min(area.scrollHeight, line * TALLEST) + 2}px`;
};
const showBusy = () => {
  part("stop").hidden = !busy;
  part("go").hidden = busy;
};
const showHint = () => {
  part("hint").hidden = Boolean(box.value);
};
const finished = () => {
  busy = false;
  if (sending && !box.value) setBox(sending.text); /* it was not taken; why is told beside */
  sending = null;
  showBusy();
  drawLog();
  refreshSide();
  const end = endOfWay();
  if (end && end !== messages.at(-1).id) choose(end);
};
/* Whoever opens the conversation again goes on at this message. */
const choose = (message) => server.choose({ visit: llamaDemo.visit(), conversation: talk.id, message }).catch(() => note("unreachable"));
const variants = (kind) => {
  const chosen = element.querySelector("[name=ask-answerer]:checked")?.value;
  if (kind === "chat" || !chosen) return [{ answerer: "auto" }];
  return chosen === "both" ? [{ answerer: "extractive" }, { answerer: "generative" }] : [{ answerer: chosen }];
};
const subject = () => {
  const kind = wayChosen();
  const system = element.querySelector("[data-part=system]")?.value ?? "";
  if (kind === "library") return { kind, collection: collection.value || "sample", documents: documentsPicked(), system };
  return kind === "text" ? { kind, text: text_.value, system } : { kind, system };
};
const request = (act, more) => {
  asked += 1;
  busy = true;
  toldAt = performance.now();
  part("problem").replaceChildren();
  showBusy();
  const daring = element.querySelector("[name=ask-daring]:checked")?.value ?? "balanced";
  const conversation = talk?.id ?? (wayChosen() === "text" ? about.started : null) ?? "";
  trigger("select", { act, ask: asked, conversation, daring, ...more });
};
const ask = (text, parent) => {
  if (busy) return undefined;
  if (!text.trim()) return note("empty-question");
  if (!talk && wayChosen() === "text" && !about.started && !text_.value.trim()) {
    note("empty-text");
    return text_.focus();
  }
  const path = [];
  for (let one = find(parent); one; one = find(one.parent)) if (one.role === "user") path.push(one.id);
  sending = { text, path };
  request("say", { text, parent, subject: talk || about.started ? null : subject(), variants: variants(talk?.kind ?? wayChosen()) });
  say(wayChosen() === "chat" ? "ask.reading" : "ask.looking");
  drawLog();
  showNewest();
  return undefined;
};
const stop = () => server.stop({ visit: llamaDemo.visit() }).catch(() => note("unreachable"));
const setBox = (text) => {
  box.value = text;
  stretch(box);
  showHint();
};
/* A new conversation, which is nowhere before its first question. */
const begin = () => {
  if (busy) stop();
  asked += 1; /* what still comes is not shown */
  busy = false;
  sending = null;
  forgetFile();
  open(null);
  keepTalk();
  part("problem").replaceChildren();
  silence();
  showBusy();
  drawLog();
  drawSide();
  showWay();
  box.focus();
};
const openTalk = async (id, focus = true) => {
  try {
    const found = await server.talk({ visit: llamaDemo.visit(), conversation: id });
    if (found.problem) {
      complain(found.problem);
      return false;
    }
    if (busy) stop();
    asked += 1;
    busy = false;
    sending = null;
    found.messages = found.messages.map((one) => (one.role === "user" ? one : { ...fresh(one), told: true }));
    open(found);
    keepTalk();
    part("problem").replaceChildren();
    silence();
    showBusy();
    showAnswerers();
    drawLog();
    drawSide();
    if (!messages.length) startFrom(found);
    if (focus) {
      if (!wide.matches) showSide(false);
      part("name").focus({ preventScroll: true });
      log.lastElementChild?.scrollIntoView({ block: "start" });
    }
    return true;
  } catch {
    note("unreachable");
    return false;
  }
};
/* A conversation without a question yet, such as one about a file that was only read. */
const startFrom = (conversation) => {
  if (conversation.kind !== "text") return;
  setWay("text");
  about.started = conversation.id;
  suggest();
};
/* A run of the history: its conversation if that is still there, or its question alone. */
const reopened_ = new Set();
const reopen = async (line, run) => {
  if (reopened_.has(line)) return undefined;
  reopened_.add(line);
  const found = await server.of_run({ visit: llamaDemo.visit(), run: run.run }).catch(() => ({}));
  if (found.id && (await openTalk(found.id))) return say("ask.status.reopened");
  begin();
  setWay(run.kind === "text" ? "text" : run.kind);
  if (run.collection && [...collection.options].some((one) => one.value === run.collection)) collection.value = run.collection;
  setBox(run.question);
  return say("ask.status.question_back");
};
const browse = (one, step) => {
  if (!one || busy) return;
  const versions = versionsOf(one);
  const next = versions[versions.indexOf(one) + step];
  if (!next) return;
  pick(next);
  drawLog();
  const row = log.querySelector(next.role === "user" ? `[data-question="${next.id}"]` : `[data-answer="${next.id}"]`);
  const arrows = [...(row?.querySelectorAll(`[data-message="${next.id}"]`) ?? [])];
  (arrows.find((arrow) => arrow.dataset.act === (step < 0 ? "earlier" : "later")) ?? arrows[0])?.focus({ preventScroll: true });
  say("ask.version", { place: versions.indexOf(next) + 1, count: versions.length });
  choose(endOfWay());
};
const copy = async (text) => {
  await llamaDemo.copyText(text);
  say("ask.status.copied");
};
const openEdit = (turn) => {
  const form = turn.querySelector(".editing");
  form.hidden = false;
  turn.querySelector(".question-text").hidden = true;
  turn.querySelector(".question-acts").hidden = true;
  const area = form.querySelector("textarea");
  stretch(area);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
};
const closeEdit = (form) => {
  const turn = form.closest(".exchange");
  form.hidden = true;
  turn.querySelector(".question-text").hidden = false;
  turn.querySelector(".question-acts").hidden = false;
  turn.querySelector("[data-act=edit]").focus();
};
const sendEdit = (form) => {
  const question = find(form.closest(".exchange").dataset.question);
  ask(form.querySelector("textarea").value, question.parent);
};
const openPassage = async (answer, list, place) => {
  try {
    const found = await server.surroundings({ visit: llamaDemo.visit(), conversation: talk.id, message: answer.id, list, place });
    if (found.problem) complain(found.problem);
    else openReading(found);
  } catch {
    note("unreachable");
  }
};
const exact = part("exact");
const openExact = async (answer) => {
  try {
    const found = await server.exact({ visit: llamaDemo.visit(), conversation: talk.id, message: answer.id });
    if (found.problem) {
      complain(found.problem);
      return;
    }
    part("exact-text").textContent = found.prompt;
    exact.showModal();
  } catch {
    note("unreachable");
  }
};
const cite = (answer, number) => {
  const card = log.querySelector(`[data-answer="${answer.id}"] .answer-evidence [data-number="${number}"]`);
  for (const one of log.querySelectorAll(".hit.lit")) one.classList.remove("lit");
  card?.classList.add("lit");
  openPassage(answer, "evidence", answer.evidence.findIndex((one) => one.number === number));
};
const branch = async (answer) => {
  try {
    const found = await server.branch({ visit: llamaDemo.visit(), conversation: talk.id, message: answer.id });
    if (found.problem) complain(found.problem);
    else if (await openTalk(found.id)) {
      refreshSide();
      say("ask.status.branched");
      box.focus();
    }
  } catch {
    note("unreachable");
  }
};
const keep = async () => {
  try {
    llamaDemo.remember();
    const found = await server.keep({ visit: llamaDemo.visit(), conversation: talk.id });
    if (found.problem) complain(found.problem);
    else {
      talk.temporary = false;
      showFrame(true);
      keepTalk();
      refreshSide();
      say("ask.kept");
    }
  } catch {
    note("unreachable");
  }
};

/* ---- events --------------------------------------------------------------------------------------- */

const answerOf = (button_) => find(button_.closest("[data-answer]").dataset.answer);
const also = (button_, variant) => request("also", { message: answerOf(button_).parent, variants: [variant] });
const acts = {
  new: begin,
  side: toggleSide,
  older,
  stop,
  keep,
  dictate,
  "forget-file": () => {
    forgetFile();
    suggest();
    text_.focus();
  },
  manner: (one) => {
    const panel = part("manner");
    panel.hidden = !panel.hidden;
    one.setAttribute("aria-expanded", String(!panel.hidden));
  },
  "open-talk": (one) => openTalk(one.closest("[data-talk]").dataset.talk),
  "rename-talk": (one) => renaming(one.closest("[data-talk]")),
  "delete-talk": (one) => {
    if (one.classList.contains("asking")) removeTalk(one.closest("[data-talk]"));
    else one.classList.add("asking");
  },
  edit: (one) => openEdit(one.closest(".exchange")),
  "cancel-edit": (one) => closeEdit(one.closest(".editing")),
  "copy-question": (one) => copy(find(one.closest("[data-question]").dataset.question).content),
  copy: (one) => copy(answerOf(one).text),
  earlier: (one) => browse(find(one.dataset.message), -1),
  later: (one) => browse(find(one.dataset.message), 1),
  listen: (one) => listen(answerOf(one)),
  cite: (one) => cite(answerOf(one), Number(one.dataset.number)),
  open: (one) => openPassage(answerOf(one), one.dataset.list, Number(one.dataset.place)),
  exact: (one) => openExact(answerOf(one)),
  "close-exact": () => exact.close(),
  branch: (one) => branch(answerOf(one)),
  keys: () => keys.showModal(),
};
/* Those that ask the models for something; one at a time. */
const asks = {
  again: (one) => request("again", { message: answerOf(one).id }),
  "go-on": (one) => request("go_on", { message: answerOf(one).id }),
  without: (one) => also(one, { answerer: "generative", grounded: false }),
  write: (one) => also(one, { answerer: "generative" }),
  mark: (one) => also(one, { answerer: "extractive" }),
};
element.addEventListener("click", (event) => {
  const one = event.target.closest("button");
  if (!one || one.getAttribute("aria-disabled") === "true") return;
  const { act } = one.dataset;
  if (one.dataset.try) {
    ask(one.dataset.try, null);
    if (roomy.matches) box.focus(); /* elsewhere a keyboard would cover the answer */
  } else if (one.dataset.example) {
    const example = props.examples[Number(one.dataset.example)];
    forgetFile();
    text_.value = example.text;
    suggest();
    say("ask.status.example", { title: example.title });
  } else if (one.dataset.presetName) {
    part("system").value = plain(`ask.system.${one.dataset.presetName}.text`);
    part("system").focus();
  } else if (act in acts) acts[act](one);
  else if (act in asks && !busy) asks[act](one);
});
element.addEventListener("change", (event) => {
  const { target } = event;
  if (target.name === "ask-way") showWay();
  else if (target.name === "ask-answerer") showAnswerers();
  else if (target === collection) {
    for (const one of part("documents").querySelectorAll("input")) one.checked = false;
    learn();
    suggest();
  } else if (target.closest("[data-part=documents]")) {
    showPicked();
    suggest();
  }
});
text_.addEventListener("input", () => {
  if (about.started) forgetFile();
  suggest();
});
part("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy) return;
  const text = box.value;
  ask(text, endOfWay());
  if (sending) setBox("");
});
box.addEventListener("input", () => {
  stretch(box);
  showHint();
});
log.addEventListener("submit", (event) => {
  event.preventDefault();
  sendEdit(event.target);
});
/* Enter sends; while an input method is open it confirms a candidate. */
element.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  const editor = event.target.closest?.(".editing");
  if (event.target !== box && !editor) return;
  if (event.shiftKey && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  (editor ?? part("composer")).requestSubmit();
});
exact.addEventListener("click", (event) => {
  if (event.target === exact) exact.close();
});
wide.addEventListener("change", () => {
  if (!wide.matches) showSide(false);
});
new MutationObserver(() => {
  offer();
  showWay();
}).observe(document.documentElement, { attributeFilter: ["lang"] });
watch("value", follow);
showWay();
showHint();
showFrame(false);
learn();
showSide(wide.matches && remembered(SIDE) === "on");
refreshSide();
if (props.value) follow();
else if (remembered(TALK)) openTalk(remembered(TALK), false);
