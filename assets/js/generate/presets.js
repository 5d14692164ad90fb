// @ts-check
/* The presets: the chosen one puts its name on the form, which the style sheet reads, and its words on the prompt
 * box. The value of the component is its name. Until one is chosen, each language of the page has its own. */
import { parts } from "../lib/dom.js";
import { emit, listen } from "../lib/events.js";
import { bilingual, onLanguageChange, text } from "../lib/i18n.js";
import { openModels } from "../lib/open_models.js";
import { language } from "../lib/visit.js";

/** @typedef {Pick<import("../types").WriterResponse, "model" | "unable" | "quotes">} Writer */

/** @param {import("../index.js").Component} component `firsts`: the preset that each language begins with; `writer`: what
 *   the model can do with which the page was made */
export const mount = ({ element, props, watch }) => {
  const form = /** @type {HTMLElement} */ (element.closest(".asking"));
  const part = parts(element);
  const reason = /** @type {HTMLElement} */ (element.querySelector("#preset-reason"));
  const buttons = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-preset]")]);

  let settled = false; /* whether the visitor has begun to use the page */
  let asked = false; /* whether a preset was pressed that the model cannot do: the reason then stays */

  /* Gradio may draw the box after the presets, and gives it its first words anew when the language changes. */
  const labelPrompt = () => {
    const title = form.querySelector("#prompt [data-testid=block-info]");
    const area = form.querySelector("#prompt textarea");
    if (!title || !(area instanceof HTMLTextAreaElement)) return;
    const preset = form.dataset.writer === "trained" ? "free" : props.value; /* a trained model only continues */
    const label = text(`prompt.${preset}.label`);
    const placeholder = text(`prompt.${preset}.placeholder`);
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
    asked = false;
    reason.hidden = true;
    labelPrompt();
    emit("generate:request-changed");
  };
  const isDisabled = (target) => Boolean(target.closest?.("[aria-disabled=true]"));
  /** @param {Writer} writer */
  const mark = ({ model, unable, quotes }) => {
    for (const button of buttons) {
      const isUnable = unable.includes(button.dataset.preset ?? "");
      for (const [name, value] of [["aria-disabled", "true"], ["aria-describedby", reason.id]]) {
        if (isUnable) button.setAttribute(name, value);
        else button.removeAttribute(name);
      }
    }
    part("reason").replaceChildren(bilingual("preset.unable", { model }));
    part("quotes").hidden = !quotes;
    part("quotes").replaceChildren(bilingual("preset.quotes", { model }));
    if (!unable.length) reason.hidden = true;
  };
  element.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest("[data-act=models]")) openModels("generate", true);
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-preset]"));
    if (!button) return;
    if (isDisabled(button)) {
      asked = true;
      reason.hidden = false;
      return;
    }
    props.value = button.dataset.preset;
    show();
  });
  /* Gradio may give the value that the page was made with once more, after the page has begun. */
  const made = props.value;
  const begin = () => {
    const typed = /** @type {HTMLTextAreaElement | null} */ (form.querySelector("#prompt textarea"))?.value;
    const first = props.firsts[language()] ?? made;
    if (settled || typed || props.value === first || !Object.values(props.firsts).includes(props.value)) return;
    props.value = first;
    show();
  };
  const settle = (/** @type {Event} */ event) => {
    if (!(/** @type {Element} */ (event.target).closest?.("#language"))) settled = true;
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, settle, { capture: true });
  for (const [kind, hide] of /** @type {[string, boolean][]} */ ([["focusin", false], ["mouseover", false], ["focusout", true], ["mouseout", true]])) {
    element.addEventListener(kind, (event) => {
      if (isDisabled(event.target)) reason.hidden = hide && !asked;
    });
  }
  watch("value", () => {
    show();
    begin();
  });
  onLanguageChange(begin);
  listen("generate:request-changed", labelPrompt);
  listen("generate:writer-changed", mark);
  mark(props.writer);
  new MutationObserver(labelPrompt).observe(form, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["placeholder"],
  });
  show();
  begin();
};
