/* Keys for the whole tab. While somebody types only Ctrl+Enter and Esc mean something, and while an input
 * method is open nothing does: its Enter confirms a candidate. */
const dialog = element.querySelector("dialog");
const letters = element.querySelector("input");
const press = (selector) => {
  const button = document.querySelector(selector);
  if (button?.checkVisibility() && button.getAttribute("aria-disabled") !== "true") button.click();
};
const typing = (target) => target.closest?.("textarea, input:not([type=range]):not([type=checkbox]), select, [contenteditable=true]");
const single = {
  "?": () => dialog.showModal(),
  r: () => press("#again"),
  c: () => press("#continue"),
  p: () => press("#result [data-act=colours]"),
  "[": () => press("#result [data-act=earlier]"),
  "]": () => press("#result [data-act=later]"),
};
const heard = (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || dialog.open) return;
  if (!element.checkVisibility()) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    press("#write");
  } else if (event.key === "Escape" && document.querySelector(".result.writing")) press("#stop");
  else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    if (event.key === "?" || letters.checked) single[event.key.toLowerCase()]?.();
  }
};
document.addEventListener("keydown", heard);
element.addEventListener("click", (event) => {
  const act = event.target.closest("button")?.dataset.act;
  if (act === "open") dialog.showModal();
  if (act === "close" || event.target === dialog) dialog.close();
});
