/* One listener for all buttons of the list. A button with data-ask asks back by its own second face; it
 * forgets the first click when the focus leaves it. */
const calm = (button) => button.classList.remove("asking");
let pressed;

const noting = (entry, open) => {
  const box = entry.querySelector(".noting");
  const button = entry.querySelector("[data-opens]");
  box.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  (open ? box.querySelector("textarea") : button).focus();
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const entry = button.closest(".entry");
  if (button.dataset.opens) return noting(entry, entry.querySelector(".noting").hidden);
  if (button.dataset.closes) return noting(entry, false);
  const shown = element.querySelectorAll("[data-run]").length;
  if (button.dataset.export) {
    llamaDemo.download(button.dataset.export, button.dataset.id).then((had) => {
      if (had === false) trigger("select", { act: "look", shown }); /* the run may be gone */
    });
    button.closest("details").open = false;
    return button.closest("details").querySelector("summary").focus();
  }
  if (!button.dataset.act) return;
  if ("ask" in button.dataset && !button.classList.contains("asking")) {
    button.classList.add("asking");
    return;
  }
  calm(button);
  const { act, id = "", name = "", value = "" } = button.dataset;
  const text = act === "note" ? entry.querySelector("textarea").value : "";
  pressed = act === "note" ? `[data-opens][data-id="${id}"]` : `[data-act="${act}"][data-id="${id}"][data-name="${name}"]`;
  trigger("select", { act, id, value, text, shown });
});
element.addEventListener("focusout", (event) => {
  const button = event.target.closest?.("button[data-ask]");
  if (button) calm(button);
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  element.querySelectorAll(".asking").forEach(calm);
  const box = event.target.closest(".noting");
  if (box && !event.isComposing) noting(box.closest(".entry"), false);
});
const offer = () => {
  const offers = element.querySelector(".offers");
  if (offers) llamaDemo.offer?.(offers.dataset.tasks.split(" ").filter(Boolean), JSON.parse(offers.dataset.models));
};
watch("value", () => {
  offer();
  /* What was focused is drawn anew, or gone: go on from there, or from the top of the list. */
  if (document.activeElement !== document.body) return;
  const again = pressed && element.querySelector(pressed);
  (again || element.querySelector("#history-count"))?.focus();
});
offer();
