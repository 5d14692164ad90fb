// @ts-check
/* The languages to choose from, on both sides. */
import { create } from "../lib/dom.js";
import { emit } from "../lib/events.js";
import { percentOf } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";

/** @param {import("./pane.js").Pane} pane */
export const createDirectionView = ({ element, part, direction }) => {
  const showDetected = () => {
    const place = part("detected");
    if (direction.source !== "auto" || !direction.guess?.[0]) {
      place.replaceChildren(bilingual("translate.detect"));
      return;
    }
    const [language, sure, other] = direction.guess;
    const values = { language: direction.nameOf(language), percent: percentOf(sure), other: direction.nameOf(other) };
    place.replaceChildren(bilingual(other ? "translate.detected.mixed" : "translate.detected", values));
  };
  const showModels = () => {
    const list = direction.ways(direction.from, direction.target);
    const choice = part("model");
    choice.replaceChildren(...list.map((way) => create("option", { value: way.model, textContent: way.model })));
    if (list.some((way) => way.model === direction.model)) choice.value = direction.model;
    else direction.model = "";
    part("models").hidden = list.length < 2;
  };
  /** @param {"source" | "target"} side */
  const showSide = (side) => {
    const value = direction[side];
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll(`input[name=translate-${side}]`))) {
      input.checked = input.value === value;
    }
    const list = /** @type {HTMLSelectElement | null} */ (element.querySelector(`select[data-side=${side}]`));
    if (!list) return;
    list.value = [...list.options].some((option) => option.value === value) ? value : "";
    list.classList.toggle("taken", Boolean(list.value));
  };
  const showTargets = () => {
    for (const label of /** @type {NodeListOf<any>} */ (element.querySelectorAll(".into [data-language]"))) {
      const code = label.dataset.language;
      const input = label.querySelector("input");
      (input ?? label).disabled = !direction.reachable(code) || code === direction.source;
      const via = label.querySelector(".via");
      if (via) via.hidden = !direction.ways(direction.from, code)[0]?.via;
    }
  };
  const show = () => {
    showSide("source");
    showSide("target");
    showTargets();
    showDetected();
    showModels();
    const swappable = direction.from && direction.ways(direction.target, direction.from).length;
    part("swap").setAttribute("aria-disabled", String(!swappable));
    emit("translate:direction-changed");
  };
  return {
    show,
    /** @param {string} source @param {string} target */
    set: (source, target) => {
      direction.set(source, target);
      show();
    },
  };
};

/** @typedef {ReturnType<typeof createDirectionView>} DirectionView */
