// @ts-check
/* Which model is looked into, and with what text. */
import { create, parts } from "../lib/dom.js";
import { bilingual, hasText } from "../lib/i18n.js";
import { familyName } from "./family_name.js";
import { numberWords } from "../lib/number_words.js";

/** @typedef {import("./subjects.js").Subject} Subject */

const LANGUAGES = ["en", "zh", "fr", "de", "es"];

/** @param {HTMLElement} element
 * @param {object} acts
 * @param {(task: string) => void} acts.choose another model
 * @param {(subject: Subject) => void} acts.look a text of the visitor's
 * @param {() => void} acts.own the visitor wants to type one
 * @param {() => void} acts.example the visitor wants the tour's text back */
export const createSubjectBar = (element, { choose, look, own, example }) => {
  const part = parts(element);
  const form = part("form");
  let task = "";
  /** What is typed and not looked into yet, by task. @type {Partial<Record<string, Subject>>} */
  const drafts = {};

  for (const side of ["source", "target"]) {
    part(side).append(...LANGUAGES.map((code) => create("option", { value: code, textContent: new Intl.DisplayNames([code], { type: "language" }).of(code) })));
  }
  const fill = (/** @type {Subject} */ subject) => {
    part("text-label").replaceChildren(bilingual(`hood.field.${subject.task}`));
    part("text").value = subject.text;
    part("passage").value = subject.passage ?? "";
    part("source").value = subject.source ?? "en";
    part("target").value = subject.target ?? "zh";
    for (const only of form.querySelectorAll("[data-only]")) only.hidden = only.dataset.only !== subject.task;
  };
  const typed = () => {
    const asked = { task, text: part("text").value };
    if (task === "ask") Object.assign(asked, { passage: part("passage").value });
    if (task === "translate") Object.assign(asked, { source: part("source").value, target: part("target").value });
    return /** @type {Subject} */ (asked);
  };
  const drawShown = (/** @type {Subject} */ subject) => {
    const button = create("button", { type: "button", className: "pill-button small" }, bilingual("hood.own"));
    button.addEventListener("click", own);
    const shown = create("q", { textContent: subject.text, dir: "auto" });
    const passage = subject.passage ? [create("span", { className: "hood-passage", textContent: subject.passage, dir: "auto" })] : [];
    part("shown").replaceChildren(shown, ...passage, button);
  };
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    delete drafts[task];
    look(typed());
  });
  form.addEventListener("input", () => (drafts[task] = typed()));
  form.querySelector("[data-act=example]").addEventListener("click", () => {
    delete drafts[task];
    example();
  });
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button[data-task]"));
    if (button && button.getAttribute("aria-disabled") !== "true") choose(button.dataset.task ?? "");
  });

  return {
    /** Another text takes the place of what is typed. @param {string} of a task */
    dropDraft(of) {
      delete drafts[of];
    },
    /** @param {{ step: string, task: string, tasks: string[], subject: Subject | null, free: boolean }} state */
    draw(state) {
      task = state.task;
      part("subject").hidden = !state.subject;
      for (const button of element.querySelectorAll("button[data-task]")) {
        const name = /** @type {HTMLElement} */ (button).dataset.task ?? "";
        button.setAttribute("aria-pressed", String(name === task));
        button.setAttribute("aria-disabled", String(!state.tasks.includes(name)));
      }
      const lacking = state.tasks.length < element.querySelectorAll("button[data-task]").length;
      const reason = lacking ? `hood.lacks.${state.step}` : "";
      part("lacks").replaceChildren(...(hasText(reason) ? [bilingual(reason)] : []));
      form.hidden = !state.free;
      part("shown").hidden = state.free;
      part("cut").replaceChildren();
      if (!state.subject) return;
      if (state.free) fill(drafts[task] ?? state.subject);
      else drawShown(state.subject);
    },
    /** What is known of the subject once its model has read it.
     * @param {import("../types").InspectionResponse} seen */
    tell(seen) {
      const { architecture: shape, family, parameters } = seen;
      const values = { family: familyName(family), parameters: numberWords(parameters), layers: shape.encoder_layers + shape.decoder_layers, heads: shape.heads, model: seen.model };
      part("about").replaceChildren(bilingual(`hood.about.${shape.kind}`, values));
      const cut = seen.texts.reduce((sum, one) => sum + one.cut, 0);
      part("cut").replaceChildren(...(cut ? [bilingual("hood.cut", { most: seen.most, cut })] : []));
    },
  };
};
