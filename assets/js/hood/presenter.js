// @ts-check
/* Presenter mode: slides in large type over the page, turned by arrow keys or a clicker. Their pictures are stored
 * results, so they appear whatever a model does. The notes stand in a second window, on another screen. */
import { create, parts } from "../lib/dom.js";
import { saveText } from "../lib/files.js";
import { bilingual, format, onLanguageChange, text } from "../lib/i18n.js";
import { createPresentations, LANGUAGES, moved, parsed, PICTURES, prepared, turned, written } from "./presentation.js";
import { connectNotes } from "./presenter_notes.js";
import { inBoth, TAGS } from "./slide_text.js";
import { storedResult } from "./stored_results.js";

const FIELDS = /** @type {const} */ (["title", "text", "notes"]);

/** @param {HTMLElement} element the tab @param {{ steps: string[], open: (step: string) => void }} tour */
export const mountPresenter = (element, { steps, open }) => {
  const part = parts(element);
  const dialog = /** @type {HTMLDialogElement} */ (part("presenter"));
  const presentations = createPresentations((audience) => prepared(audience, format, TAGS));
  let audience = "board";
  let presentation = presentations.of(audience);
  let place = 0;
  let began = Date.now();

  const slide = () => presentation.slides[place];
  const notes = connectNotes({ isOpen: () => dialog.open, state: () => ({ slide: slide(), next: presentation.slides[place + 1] ?? null, place, count: presentation.slides.length, minutes: presentation.minutes, began }), turn: (key) => turn(key) });

  const drawSlide = () => {
    const { title, text: words, picture, step } = slide();
    part("present-title").replaceChildren(...inBoth(title));
    part("present-text").replaceChildren(...inBoth(words));
    part("present-picture").replaceChildren(...storedResult(picture));
    part("present-place").textContent = `${place + 1} / ${presentation.slides.length}`;
    part("present-live").hidden = !steps.includes(step);
    part("present-notes").hidden = "pywebview" in window; /* the app's own window opens no second one */
    for (const button of dialog.querySelectorAll("[data-audience]")) {
      button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.audience === audience));
    }
    part("present-back").setAttribute("aria-disabled", String(place === 0));
    part("present-next").setAttribute("aria-disabled", String(place === presentation.slides.length - 1));
    notes.tell();
  };
  const drawEditor = () => {
    const fields = FIELDS.flatMap((field) =>
      LANGUAGES.map((code) => {
        const area = create("textarea", { value: slide()[field][code], rows: field === "title" ? 1 : 3, lang: TAGS[code] });
        area.addEventListener("input", () => {
          slide()[field][code] = area.value;
          drawSlide();
        });
        return create("label", {}, bilingual(`hood.present.field.${field}`), ` (${code})`, area);
      }),
    );
    const choice = (/** @type {"picture" | "step"} */ field, /** @type {string[]} */ values) => {
      const select = create("select", {}, ...values.map((value) => create("option", { value, selected: value === slide()[field], textContent: value ? text(field === "step" ? `hood.step.${value}` : `hood.present.picture.${value}`) : "–" })));
      select.addEventListener("change", () => {
        slide()[field] = select.value;
        drawSlide();
      });
      return create("label", {}, bilingual(`hood.present.field.${field}`), select);
    };
    part("present-fields").replaceChildren(...fields, choice("picture", PICTURES), choice("step", ["", ...steps]));
  };
  const draw = () => {
    drawSlide();
    if (part("present-editor").open) drawEditor();
  };
  const turn = (/** @type {string} */ key) => {
    const next = turned(key, place, presentation.slides.length);
    if (next === place) return;
    place = next;
    draw();
  };
  const begin = (/** @type {import("./presentation.js").Presentation} */ made) => {
    presentation = made;
    place = 0;
    began = Date.now();
    part("present-problem").replaceChildren();
    draw();
  };

  /** @type {Record<string, () => void>} */
  const acts = {
    present() {
      dialog.showModal();
      if (place === 0) began = Date.now();
      draw();
      part("present-title").focus();
    },
    "present-close": () => dialog.close(),
    "present-back": () => turn("PageUp"),
    "present-next": () => turn("PageDown"),
    "present-reset": () => begin(presentation),
    "present-prepared": () => begin(presentations.restore(audience)),
    "present-notes": () => void window.open(notes.address, `llama-demo-notes-${notes.address}`, "popup,width=720,height=640"),
    "present-live"() {
      const { step } = slide();
      dialog.close();
      open(step);
    },
    "present-save": () => saveText("llama-demo-presentation.json", written(presentation), "application/json"),
    "present-load": () => part("present-file").click(),
    "present-earlier": () => shift(-1),
    "present-later": () => shift(1),
    "present-add"() {
      presentation.slides.splice(place + 1, 0, { title: { en: "", zh: "" }, text: { en: "", zh: "" }, notes: { en: "", zh: "" }, picture: "", step: "" });
      turn("PageDown");
    },
    "present-remove"() {
      if (presentation.slides.length === 1) return;
      presentation.slides.splice(place, 1);
      place = Math.min(place, presentation.slides.length - 1);
      draw();
    },
  };
  const shift = (/** @type {number} */ by) => {
    const slides = moved(presentation.slides, place, by);
    if (slides === presentation.slides) return;
    presentation.slides = slides;
    place += by;
    draw();
  };

  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if (button.dataset.audience) {
      audience = button.dataset.audience;
      begin(presentations.of(audience));
    } else acts[button.dataset.act ?? ""]?.();
  });
  dialog.addEventListener("keydown", (event) => {
    const typing = /** @type {Element} */ (event.target).closest("textarea, select, input");
    const pressing = [" ", "Enter"].includes(event.key) && /** @type {Element} */ (event.target).closest("button, summary");
    if (typing || pressing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (turned(event.key, 1, 3) !== 1) {
      event.preventDefault();
      turn(event.key);
    }
  });
  part("present-editor").addEventListener("toggle", draw);
  part("present-file").addEventListener("change", async () => {
    const [file] = part("present-file").files;
    part("present-file").value = "";
    if (!file) return;
    const made = parsed(await file.text());
    if (made) begin(presentations.replace(audience, made));
    else part("present-problem").replaceChildren(create("p", { className: "problem", role: "alert" }, bilingual("hood.present.unreadable")));
  });
  onLanguageChange(() => dialog.open && draw());
};

