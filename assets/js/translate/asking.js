/* What is pressed and typed. Typing is translated when it pauses; while an input method puts a word together,
 * it does not count as typed. */
const PAUSE = 600; /* milliseconds */
const TYPED_MOST = 5_000; /* characters that are translated while somebody types; more on the button */
let sent = 0; /* number of the newest request */
let live = true;
let pausing;
let asked = "";

const comesByItself = () => live && area.value.length <= TYPED_MOST;
const request = (act, typed) => ({ act, ask: sent, typed, text: area.value, source: chosen.source, target: chosen.target, model: chosen.model });
const ask = ({ typed = false } = {}) => {
  clearTimeout(pausing);
  if (!area.value.trim() && typed) return clear();
  sent += 1;
  const again = area.value === asked;
  asked = area.value;
  part("long").hidden = true;
  part("problem").hidden = false;
  trigger("select", request("translate", typed || again));
  if (area.value.trim()) say("translate.status.started");
  return undefined;
};
const soon = () => {
  clearTimeout(pausing);
  showTyped();
  if (run) {
    closeSentence(false);
    wipe(...paints);
    if (!run.end) {
      sent += 1; /* what still comes of it is not shown */
      run.end = "stopped";
      stop();
    }
    silence(); /* what was said of the former text */
    showState();
  }
  if (!area.value.trim()) return clear();
  if (comesByItself()) pausing = setTimeout(ask, PAUSE, { typed: true });
  part("long").hidden = !live || comesByItself();
  return undefined;
};
const stop = () => server.stop({ visit: llamaDemo.visit() }).catch(() => say("translate.status.unreachable"));
const clear = () => {
  clearTimeout(pausing);
  if (run && !run.end) stop();
  sent += 1; /* what still comes is not shown */
  run = null;
  guess = null;
  asked = "";
  closeSentence(false);
  closeWord();
  wipe(...paints);
  for (const name of ["compare", "long", "legend-look", "problem"]) part(name).hidden = true;
  pane.replaceChildren();
  showTyped();
  showState();
  showDirection();
  silence();
};
const swap = () => {
  const source = from();
  if (!source || !ways(chosen.target, source).length) return say("translate.status.no_swap");
  const text = translation();
  if (text.trim()) area.value = text;
  chosen.byHand = true;
  guess = null;
  setDirection(chosen.target, source);
  showTyped();
  if (area.value.trim()) ask();
  return area.focus();
};
const save = () => {
  const file = `translation.${run.target}.txt`;
  llamaDemo.save(file, new Blob([`${translation()}\n`], { type: "text/plain;charset=utf-8" }));
  say("translate.status.saved", { file });
};
const acts = {
  translate: () => ask(),
  stop,
  swap,
  clear: () => {
    area.value = "";
    clear();
    area.focus();
  },
  copy: async () => say((await llamaDemo.copy("#translate [data-part=pane]")) ? "translate.status.copied" : "translate.status.nothing"),
  download: save,
  compare: () => {
    sent += 1;
    part("problem").hidden = false;
    beginCompare();
    say("translate.status.comparing");
    trigger("select", request("compare", false));
  },
  live: (button) => {
    live = !live;
    button.setAttribute("aria-pressed", String(live));
    if (live && area.value.trim() && !fits()) soon();
    showFormer();
  },
  "switch-source": () => {
    setDirection(run.looks, chosen.target);
    ask();
    area.focus();
  },
  take: (button) => takeCompared(button.dataset.side),
  "close-sentence": () => closeSentence(true),
  "close-compare": () => {
    part("compare").hidden = true;
    element.querySelector("[data-act=compare]").focus();
  },
};

area.addEventListener("input", (event) => {
  if (event.isComposing) showTyped();
  else soon();
});
area.addEventListener("compositionstart", () => clearTimeout(pausing));
area.addEventListener("compositionend", soon);
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.getAttribute("aria-disabled") === "true") return;
  if (button?.dataset.act) acts[button.dataset.act](button);
  else if (button?.dataset.listen) listen(button.dataset.listen);
  else if (button?.classList.contains("choice")) replaceSentence(button.dataset.text, Number(button.dataset.share));
  else {
    const span = event.target.closest(".said");
    if (!span || !document.getSelection().isCollapsed) return;
    reach(span);
    openSentence(Number(span.dataset.i), false);
  }
});
const choose = (side, code) => {
  chosen.byHand ||= side === "target";
  if (side === "source") setDirection(code, chosen.target);
  else setDirection(chosen.source, code);
  if (area.value.trim()) ask({ typed: true });
};
element.addEventListener("change", (event) => {
  const side = event.target.dataset.side ?? event.target.name?.replace("translate-", "");
  if (event.target === part("model")) {
    chosen.model = event.target.value;
    if (area.value.trim()) ask();
  } else if (side === "source" || side === "target") choose(side, event.target.value);
});
const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
element.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const span = event.target.closest?.(".said");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === area) {
    event.preventDefault();
    ask();
  } else if (event.key === "Escape") {
    if (!card.hidden) closeWord();
    else if (opened !== null) closeSentence(true);
    else if (run && !run.end) stop();
  } else if (span && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    openSentence(Number(span.dataset.i), true);
  } else if (span && event.key in step) {
    event.preventDefault();
    const next = spanOf(Number(span.dataset.i) + step[event.key]);
    if (!next) return;
    reach(next);
    next.focus();
  } else if (event.target.closest?.(".choice, .word-piece") && event.key in step) {
    event.preventDefault();
    const kind = event.target.closest(".choice") ? ".choice" : ".word-piece";
    const row = [...part("sentence").querySelectorAll(kind)];
    row[row.indexOf(event.target.closest(kind)) + step[event.key]]?.focus();
  }
});
/* For the examples: a text, as if it had been typed, with its language left to be detected. */
llamaDemo.translate = (text, language) => {
  area.value = text;
  chosen.byHand = false;
  guess = null;
  setDirection("auto", likely(language));
  showTyped();
  ask();
  llamaDemo.show("#translate");
};
/* A failure, as HTML made and escaped by the server; empty when all is well again. */
llamaDemo.translateProblem = (html) => {
  part("problem").innerHTML = html ?? "";
  part("problem").hidden = false;
  showFormer();
};
/* For the glossary: what stands there was made with other terms. */
llamaDemo.translateAgain = (term) => {
  const holds = fits() && area.value.toLowerCase().includes(term.toLowerCase());
  if (live && holds && area.value.length <= TYPED_MOST) ask({ typed: true });
};
watch("value", follow);
chosen.target = likely("");
showTyped();
showDirection();
showState();
if (props.value) follow();
