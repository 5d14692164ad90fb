/* Reads the transcript as it grows, and listens: one listener for all clicks, one for all keys. */
const read = new Map(); /* how much of each run's transcript has been read */

const lines = {
  tokens: (version, line) => version.tokens.push(...line.tokens),
  plain: (version, line) => (version.plain = line.plain),
  run: (version, line) => (version.run = line.run),
  figures: (version, line) => (version.figures = line.figures),
  quotes: (version, line) => (version.quotes = line.quotes),
  end: (version, line) => (version.end = line.end),
  show: (_, line) => {
    const index = versions.findIndex((one) => one.run === line.show);
    if (index >= 0) shown = index;
  },
};
const forget = () => {
  versions = [];
  shown = -1;
  read.clear();
  takePlace("result");
  closeOthers(false);
  text.replaceChildren();
  state();
};
const follow = () => {
  const whole = props.value || "";
  if (!whole) return forget();
  const first = whole.slice(0, whole.indexOf("\n"));
  const from = read.get(first) ?? 0;
  const to = whole.lastIndexOf("\n") + 1;
  read.set(first, to);
  let version = known(JSON.parse(first).begin);
  let anew = false;
  for (const one of whole.slice(from, to).split("\n")) {
    if (!one) continue;
    const line = JSON.parse(one);
    if ("begin" in line) version = begun(line);
    else if (version || "show" in line) {
      const kind = Object.keys(line)[0];
      lines[kind](version, line);
      anew ||= ["plain", "quotes", "show"].includes(kind);
    }
  }
  if (anew) draw(current());
  else if (version === current()) {
    grow(version);
    drawFigures(version);
  }
  return state();
};

/* Going on: the request of the version that is shown, and the tokens that shall stand. */
const go = (act, kept = [], chosen = false) => {
  const version = current();
  llamaDemo.show(`#${element.closest(".block").id}`);
  closeOthers(false);
  trigger("select", {
    act,
    version: version.key,
    text: version.text,
    preset: version.preset,
    form: version.form,
    theme: version.theme,
    kept: kept.map(([id, words_, logprob]) => [id, words_, logprob]),
    chosen,
    run_id: version.run ?? null,
  });
};
const choose = (id) => {
  const version = current();
  const choice = version.tokens[place][3].find(([other]) => other === id);
  if (!choice || id === version.tokens[place][0]) return;
  go("choose", [...version.tokens.slice(0, place), choice.slice(0, 3)], true);
};
const showFormats = (open) => {
  part("formats").hidden = !open;
  element.querySelector("[data-act=download]").setAttribute("aria-expanded", String(open));
};
const take = (kind) => {
  save(current(), kind);
  element.querySelector("[data-act=download]").focus();
  showFormats(false);
};
const acts = {
  stop: () => document.querySelector("#stop").click(),
  again: () => go("again"),
  continue: () => go("continue", current().tokens),
  earlier: () => browse(shown - 1),
  later: () => browse(shown + 1),
  copy: () => copy(current()),
  download: () => showFormats(part("formats").hidden),
  txt: () => take("txt"),
  md: () => take("md"),
  colours: () => {
    colours = !colours;
    closeOthers(false);
    showColours();
  },
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.getAttribute("aria-disabled") === "true") return;
  if (button?.dataset.choice) choose(Number(button.dataset.choice));
  else if (button?.dataset.act) acts[button.dataset.act](button);
  else {
    const token = event.target.closest(".token");
    if (!token || !colours || !document.getSelection().isCollapsed) return;
    reach(token);
    openOthers(current(), Number(token.dataset.i), false);
  }
});
const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
element.addEventListener("keydown", (event) => {
  const token = event.target.closest?.(".token");
  if (event.key === "Escape" && place !== null) {
    closeOthers(true);
    event.stopPropagation();
  } else if (token && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    openOthers(current(), Number(token.dataset.i), true);
  } else if (token && event.key in step) {
    event.preventDefault();
    const next = step[event.key] > 0 ? token.nextElementSibling : token.previousElementSibling;
    if (!next) return;
    reach(next);
    next.focus();
  } else if (event.target.closest?.(".choice") && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    const rows = [...others.querySelectorAll(".choice")];
    rows[rows.indexOf(event.target.closest(".choice")) + step[event.key]]?.focus();
  } else if (event.target.closest?.("[data-part=versions]") && event.key in step) {
    browse(shown + step[event.key]);
  }
});
if (element.id === "result" || element.closest("#result")) {
  /* A text that is cut off by a reload is in the history. */
  window.addEventListener("pagehide", () => {
    llamaDemo.left = Boolean(document.querySelector(".answering .result.writing"));
  });
  if (llamaDemo.left) requestAnimationFrame(() => say("status.left"));
  /* What Continue would go on from, for the meter of the window. */
  llamaDemo.written = () => {
    const version = current();
    if (!continuable(version) || element.closest(".answering").dataset.shown === "pair") return null;
    const { text: asked, preset, form, theme, tokens } = version;
    return { text: asked, preset, form, theme, tokens: tokens.length };
  };
}
watch("value", follow);
showColours();
state();
if (props.value) follow();
