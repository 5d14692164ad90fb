/* One press chooses a preset: its name goes onto the form, its words onto the prompt box. */
const TEXTS = JSON.parse(props.texts);
const form = element.closest(".asking");
const reason = element.querySelector("#preset-reason");
const buttons = [...element.querySelectorAll("[data-preset]")];

/* The box may come later than the pills, and Gradio gives it its words anew when the language changes. */
const dress = () => {
  const title = form.querySelector("#prompt [data-testid=block-info]");
  const area = form.querySelector("#prompt textarea");
  if (!title || !area) return;
  const language = llamaDemo.language === "zh" ? "zh-CN" : "en";
  const texts = (name) => TEXTS[language][`prompt.${props.value}.${name}`];
  const label = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
  while (label.nextNode()) {
    const node = label.currentNode;
    if (!node.data.trim()) continue;
    if (node.data !== texts("label")) node.data = texts("label");
    break;
  }
  if (area.placeholder !== texts("placeholder")) area.placeholder = texts("placeholder");
};
const show = () => {
  form.dataset.preset = props.value;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.preset === props.value));
  if (reason) reason.hidden = true;
  dress();
  document.dispatchEvent(new CustomEvent("llama-demo:asked"));
};
const unable = (target) => target.closest?.("[aria-disabled=true]");
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preset]");
  if (!button) return;
  if (unable(button)) {
    reason.hidden = false;
    return;
  }
  props.value = button.dataset.preset;
  show();
});
for (const [kind, hide] of [["focusin", false], ["mouseover", false], ["focusout", true], ["mouseout", true]]) {
  element.addEventListener(kind, (event) => {
    if (unable(event.target)) reason.hidden = hide;
  });
}
watch("value", show);
new MutationObserver(dress).observe(form, {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
  attributeFilter: ["placeholder"],
});
show();
