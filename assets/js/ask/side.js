/* The conversations that there are: to be found, opened, renamed and deleted. */
const side = part("side");
const SIDE = "llama_demo.ask.side";
const TALK = "llama_demo.ask.talk";
const CALM = 250; /* milliseconds after the last letter of what is looked for */
let listed = [];
let further = null;
let finding;

/* What this tab of the browser remembers until it is closed. */
const remembered = (key) => {
  try {
    return window.sessionStorage.getItem(key);
  } catch {
    return null;
  }
};
const remember = (key, value) => {
  try {
    if (value) window.sessionStorage.setItem(key, value);
    else window.sessionStorage.removeItem(key);
  } catch {
    /* storage is blocked: the page begins anew after a reload */
  }
};
const keepTalk = () => remember(TALK, talk && !talk.temporary ? talk.id : "");
const sideAct = (act, key, properties = {}) => button(act, key, { className: "pill-button small quiet-act", ...properties });
const talkRow = (one) => {
  const about = made("span", { className: "note" }, bilingual(`ask.way.${one.kind}`));
  if (one.temporary) about.append(" · ", bilingual("ask.unsaved"));
  const title = made("button", { type: "button", className: "talk-open", dir: "auto" }, made("span", { className: "talk-name", textContent: one.title || plain("ask.untitled") }), about);
  title.dataset.act = "open-talk";
  if (one.id === talk?.id) title.setAttribute("aria-current", "true");
  const remove = sideAct("delete-talk", "ask.side.delete");
  remove.replaceChildren(made("span", { className: "once" }, bilingual("ask.side.delete")), made("span", { className: "twice" }, bilingual("ask.side.sure")));
  const row = made("li", { className: "talk" }, title, made("span", { className: "talk-acts" }, sideAct("rename-talk", "ask.side.rename"), remove));
  row.dataset.talk = one.id;
  return row;
};
const drawSide = () => {
  const active = document.activeElement;
  const key = side.contains(active) && active.dataset.act ? `[data-talk="${active.closest("[data-talk]")?.dataset.talk}"] [data-act="${active.dataset.act}"]` : "";
  part("talks").replaceChildren(...listed.map(talkRow));
  part("no-talks").hidden = listed.length > 0;
  part("no-talks").replaceChildren(bilingual(part("find").value.trim() ? "ask.side.none.found" : "ask.side.none"));
  part("older").hidden = !further;
  if (key && !side.contains(document.activeElement)) (side.querySelector(key) ?? part("find")).focus();
};
const lookAside = async (wish) => {
  try {
    const found = await server.talks({ visit: llamaDemo.visit(), query: part("find").value, ...wish });
    if (!found.problem) return found;
    part("side-problem").innerHTML = found.problem; /* made and escaped by the server */
  } catch {
    part("side-problem").replaceChildren(element.querySelector("template.unreachable").content.cloneNode(true));
  }
  return null;
};
const refreshSide = async () => {
  clearTimeout(finding);
  const query = part("find").value;
  const found = await lookAside({});
  if (!found || query !== part("find").value) return;
  part("side-problem").replaceChildren();
  listed = found.talks;
  further = found.before;
  drawSide();
};
const older = async () => {
  const found = await lookAside({ before: further });
  if (!found) return;
  const place = listed.length;
  listed.push(...found.talks);
  further = found.before;
  drawSide();
  part("talks").children[place]?.querySelector("button").focus();
};
const wide = window.matchMedia("(min-width: 1000px)");
const showSide = (on) => {
  side.hidden = !on;
  part("side-open").setAttribute("aria-expanded", String(on));
  part("ask").classList.toggle("with-side", on);
};
const toggleSide = () => {
  const on = side.hidden;
  showSide(on);
  remember(SIDE, on ? "on" : "off");
  if (on) {
    refreshSide();
    part("find").focus();
  } else part("side-open").focus();
};
/* On a phone it is a drawer; a press beside it does nothing but close it. */
document.addEventListener(
  "click",
  (event) => {
    if (wide.matches || side.hidden || side.contains(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    toggleSide();
  },
  true,
);
const renaming = (row) => {
  const one = listed.find(({ id }) => id === row.dataset.talk);
  const input = made("input", { type: "text", value: one.title, dir: "auto", ariaLabel: plain("ask.side.name"), maxLength: 200 });
  const form = made("form", { className: "talk-naming" }, input, made("button", { type: "submit", className: "pill-button small" }, bilingual("ask.side.keep")));
  row.querySelector(".talk-acts").replaceChildren(form);
  input.select();
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    drawSide();
    row.isConnected || side.querySelector(`[data-talk="${one.id}"] [data-act=rename-talk]`)?.focus();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = await lookAside({ act: "rename", conversation: one.id, title: input.value });
    if (!found) return;
    if (talk?.id === one.id) {
      talk.title = input.value.trim() || talk.title;
      drawLog();
    }
    await refreshSide();
    say("ask.status.renamed");
    side.querySelector(`[data-talk="${one.id}"] [data-act=rename-talk]`)?.focus();
  });
};
const removeTalk = async (row) => {
  const found = await lookAside({ act: "delete", conversation: row.dataset.talk });
  if (!found) return;
  if (talk?.id === row.dataset.talk) begin();
  await refreshSide();
  say("ask.status.deleted");
  part("find").focus();
};
part("find").addEventListener("input", (event) => {
  clearTimeout(finding);
  if (!event.isComposing) finding = setTimeout(refreshSide, CALM);
});
part("find").addEventListener("compositionend", refreshSide);
side.addEventListener("focusout", (event) => event.target.closest?.("[data-act=delete-talk]")?.classList.remove("asking"));
