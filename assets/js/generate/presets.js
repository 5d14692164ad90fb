// @ts-check
/* The presets: the chosen one puts its name on the form, which the style sheet reads, and its words on the prompt
 * box. The value of the component is its name. */
import { emit } from "../lib/events.js";
import { text } from "../lib/i18n.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, props, watch }) => {
  const form = /** @type {HTMLElement} */ (element.closest(".asking"));
  const reason = /** @type {HTMLElement | null} */ (element.querySelector("#preset-reason"));
  const buttons = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-preset]")]);

  /* Gradio may draw the box after the presets, and gives it its first words anew when the language changes. */
  const labelPrompt = () => {
    const title = form.querySelector("#prompt [data-testid=block-info]");
    const area = form.querySelector("#prompt textarea");
    if (!title || !(area instanceof HTMLTextAreaElement)) return;
    const label = text(`prompt.${props.value}.label`);
    const placeholder = text(`prompt.${props.value}.placeholder`);
    const nodes = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const node = /** @type {Text} */ (nodes.currentNode);
      if (!node.data.trim()) continue;
      if (node.data !== label) node.data = label;
      break;
    }
    if (area.placeholder !== placeholder) area.placeholder = placeholder;
  };
  const show = () => {
    form.dataset.preset = props.value;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.preset === props.value));
    if (reason) reason.hidden = true;
    labelPrompt();
    emit("generate:request-changed");
  };
  const isDisabled = (target) => Boolean(target.closest?.("[aria-disabled=true]"));
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-preset]"));
    if (!button) return;
    if (isDisabled(button)) {
      if (reason) reason.hidden = false;
      return;
    }
    props.value = button.dataset.preset;
    show();
  });
  for (const [kind, hide] of /** @type {[string, boolean][]} */ ([["focusin", false], ["mouseover", false], ["focusout", true], ["mouseout", true]])) {
    element.addEventListener(kind, (event) => {
      if (reason && isDisabled(event.target)) reason.hidden = hide;
    });
  }
  watch("value", show);
  new MutationObserver(labelPrompt).observe(form, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["placeholder"],
  });
  show();
};
