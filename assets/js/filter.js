/* What the list of the history is narrowed to. It travels with every call of the page (see visit.js), so
 * that whatever changes the list, the list stays narrowed. Typing is told when it pauses; the pieces of a
 * word that an input method still puts together are not told at all. */
const PAUSE = 250;
const form = element.querySelector("form");
const told = element.querySelector(".told");
const reset = form.querySelector("button[type=reset]");
let timer;

const tell = () => {
  clearTimeout(timer);
  const wanted = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  reset.hidden = !Object.keys(wanted).length;
  if (JSON.stringify(wanted) === JSON.stringify(llamaDemo.wanted)) return;
  llamaDemo.wanted = wanted;
  trigger("select", {});
};
const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(tell, PAUSE);
};
form.addEventListener("input", (event) => {
  if (event.isComposing) return;
  if (event.target.name === "query") soon();
  else tell();
});
form.addEventListener("compositionstart", () => clearTimeout(timer)); /* or a search that is due takes it along */
form.addEventListener("compositionend", soon);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  tell();
});
form.addEventListener("reset", () => {
  form.querySelector("[name=query]").focus();
  setTimeout(tell);
});

const narrow = form.querySelector("#history-narrow");
narrow.addEventListener("click", () => {
  const filters = form.querySelector(".filter-row");
  filters.hidden = !filters.hidden;
  narrow.setAttribute("aria-expanded", String(!filters.hidden));
});

/* Tasks and models that there are runs of; a choice of one is none and is not shown. */
llamaDemo.offer = (tasks, models) => {
  const [task, model] = ["task", "model"].map((name) => form.querySelector(`[data-pick=${name}]`));
  for (const choice of task.querySelectorAll("[data-offer]")) {
    choice.hidden = !tasks.includes(choice.dataset.offer) && !choice.querySelector("input").checked;
  }
  task.hidden = tasks.length < 2 && !llamaDemo.wanted.task;
  for (const choice of [...model.querySelectorAll("[data-offer]")]) {
    if (!models.includes(choice.dataset.offer) && !choice.querySelector("input").checked) choice.remove();
  }
  for (const name of models) {
    if ([...model.querySelectorAll("[data-offer]")].some((choice) => choice.dataset.offer === name)) continue;
    const choice = Object.assign(document.createElement("label"), { className: "pill-choice" });
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "model", value: name });
    const text = Object.assign(document.createElement("span"), { textContent: name });
    choice.dataset.offer = name;
    choice.append(input, text);
    model.append(choice);
  }
  model.hidden = models.length < 2 && !llamaDemo.wanted.model;
};

/* Files come and go by requests of their own: none is ever written on the server. */
const problem = (name) => told.replaceChildren(element.querySelector(`template.${name}`).content.cloneNode(true));
/* Gives the file to the browser; says whether the server had it, and nothing if it could not be asked. */
llamaDemo.download = async (ending, id) => {
  told.replaceChildren();
  try {
    const body = JSON.stringify({ visit: llamaDemo.visit(), form: ending, id: id ?? "" });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("history/export", { method: "POST", headers, body });
    if (answer.ok) llamaDemo.save(answer.headers.get("X-File-Name"), await answer.blob());
    else told.innerHTML = await answer.text(); /* made and escaped by the server */
    return answer.ok;
  } catch {
    problem("unreachable");
  }
};
const bring = async (file, limit) => {
  told.replaceChildren();
  if (file.size > limit) return problem("too-large");
  try {
    const visit = encodeURIComponent(JSON.stringify(llamaDemo.visit()));
    const headers = { "Content-Type": "application/octet-stream", "X-Visit": visit };
    const answer = await fetch("history/import", { method: "POST", headers, body: file });
    told.innerHTML = await answer.text();
    if (answer.ok) trigger("select", {});
  } catch {
    problem("unreachable");
  }
};
element.querySelector("input[type=file]").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) bring(file, Number(event.target.dataset.limit));
  event.target.value = "";
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-export]");
  if (!button) return;
  llamaDemo.download(button.dataset.export);
  button.closest("details").open = false;
  button.closest("details").querySelector("summary").focus();
});

/* A menu closes when the focus leaves it, or by Escape; here and in the list. */
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
