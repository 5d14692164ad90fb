/* Keys for the whole tab. While somebody types only Esc means something, and while an input method is open
 * nothing does: its Enter confirms a candidate. */
const keys = element.querySelector("dialog.keys");
const letters = keys.querySelector("input");
const typing = (target) => target.closest?.("textarea, input:not([type=checkbox]):not([type=radio]), select");
const lastTurn = () => way().at(-1);
const single = {
  "?": () => keys.showModal(),
  n: () => begin(),
  s: () => toggleSide(),
  "/": () => part("question").focus(),
  e: () => log.querySelector(`[data-question="${lastTurn()?.question.id}"] [data-act=edit]`)?.click(),
  r: () => log.querySelector(`[data-answer="${lastTurn()?.main?.id}"] [data-act=again]`)?.click(),
  "[": () => browse(lastTurn()?.main, -1),
  "]": () => browse(lastTurn()?.main, 1),
};
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (!element.checkVisibility() || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") escape(event);
  else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target) && element.querySelector(".ask").checkVisibility()) {
    const act = single[event.key.toLowerCase()];
    if (!act || (event.key !== "?" && !letters.checked)) return;
    event.preventDefault();
    act();
  }
});
const escape = (event) => {
  const form = event.target.closest?.(".editing");
  if (form) closeEdit(form);
  else if (!part("stop").hidden) stop();
  else if (!side.hidden && (side.contains(event.target) || !wide.matches)) toggleSide();
};
keys.addEventListener("click", (event) => {
  if (event.target === keys || event.target.closest("[data-act=close-keys]")) keys.close();
});
