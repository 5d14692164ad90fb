/* What is done with documents and collections. A button with data-ask asks back by its own second face. */
const calm = (button) => button.classList.remove("asking");
const naming = part("naming");
let renaming = false; /* whether the name is for the collection that is shown, or for a new one */

const openNaming = (again) => {
  renaming = again;
  naming.hidden = false;
  naming.elements.name.value = again && chooser.value !== props.own ? chooser.value : "";
  naming.elements.name.focus();
};
const closeNaming = () => {
  naming.hidden = true;
  element.querySelector(`[data-act=${renaming ? "rename" : "new"}-collection]`).focus();
};
naming.addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = naming.elements.name.value.trim();
  if (!name) return;
  if (renaming && !(await ask("rename_collection", { collection: chooser.value, name }))) return;
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
  if (!(await ask("remove_collection", { collection }))) return;
  if (fresh === collection) fresh = "";
  chooser.value = props.own;
  await changed();
  say("library.status.collection_removed", { name });
  part("listed-title").focus();
};
const rename = (item) => {
  const { id, name } = item.dataset;
  const input = made("input", { type: "text", value: name, dir: "auto", maxLength: 120, ariaLabel: plain("library.document.name", { name }) });
  const form = made("form", { className: "naming" }, input, made("button", { type: "submit", className: "pill-button small" }, bilingual("library.document.keep")), button("stay", "library.cancel"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await ask("rename", { documents: [id], name: input.value }))) return input.focus();
    await changed();
    element.querySelector(`[data-id="${id}"] [data-act=rename]`)?.focus();
    return say("library.status.renamed", { name: input.value.trim() });
  });
  item.querySelector(".document-acts").hidden = true;
  item.querySelector(".document-name").replaceChildren(form);
  input.focus();
  input.select();
};
const remove = async (item) => {
  const beside = (item.nextElementSibling ?? item.previousElementSibling)?.dataset.id;
  if (!(await ask("remove", { documents: [item.dataset.id] }))) return;
  await changed();
  say("library.status.removed", { name: item.dataset.name });
  (element.querySelector(`[data-id="${beside}"] [data-act=remove]`) ?? part("listed-title")).focus();
};
const retry = async (ids) => {
  const answer = await ask("retry", { documents: ids });
  if (!answer) return;
  say("library.status.retrying");
  follow([answer.job]);
};
const acts = {
  "new-collection": () => openNaming(false),
  "rename-collection": () => openNaming(true),
  "remove-collection": removeCollection,
  unname: closeNaming,
  stop: () => {
    if (sending) sending.stopped = true;
    if (jobs.length) ask("stop", { jobs });
  },
  dismiss: () => {
    part("job").hidden = true;
    drop.querySelector("input").focus();
  },
  rename: (_, item) => rename(item),
  remove: (_, item) => remove(item),
  retry: (_, item) => retry([item.dataset.id]),
  "retry-all": () => retry(told.documents.filter((one) => one.state === "failed").map((one) => one.id)),
  stay: (_, item) => {
    draw();
    element.querySelector(`[data-id="${item.dataset.id}"] [data-act=rename]`)?.focus();
  },
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  if ("ask" in button.dataset && !button.classList.contains("asking")) {
    button.classList.add("asking");
    return;
  }
  calm(button);
  acts[button.dataset.act](button, button.closest(".document-row"));
});
element.addEventListener("focusout", (event) => {
  const button = event.target.closest?.("button[data-ask]");
  if (button) calm(button);
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  element.querySelectorAll(".asking").forEach(calm);
  const item = event.target.closest(".document-row");
  if (event.target.closest("form.naming")) item ? acts.stay(null, item) : closeNaming();
});
chooser.addEventListener("change", list);
window.addEventListener("llama-demo-view", (event) => {
  if (event.detail === "documents") list();
});
new MutationObserver(offerCollections).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
offerCollections();
