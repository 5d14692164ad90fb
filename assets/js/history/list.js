// @ts-check
/* The list of runs, which the server renders: opening, rating, noting, deleting and exporting one. */
import { confirmed, watchConfirmations } from "../lib/confirm.js";
import { emit, listen } from "../lib/events.js";
import { isComposing } from "../lib/keys.js";
import { closeMenu } from "../lib/menu.js";

/** @typedef {import("../types").RunActionRequest} RunActionRequest */

/** @param {import("../index.js").Component} component */
export const mount = ({ element, trigger, watch }) => {
  let pressed = ""; /* selector of the button that was pressed last */

  /** @param {RunActionRequest} request */
  const act = (request) => trigger("select", { ...request, shown: element.querySelectorAll("[data-run]").length });
  const openNote = (entry, open) => {
    const box = entry.querySelector(".noting");
    const button = entry.querySelector("[data-opens]");
    box.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    (open ? box.querySelector("textarea") : button).focus();
  };
  const press = (button, entry) => {
    const { act: name, id = "", name: rating = "", value = "" } = button.dataset;
    const isNote = name === "note";
    pressed = isNote ? `[data-opens][data-id="${id}"]` : `[data-act="${name}"][data-id="${id}"][data-name="${rating}"]`;
    act({ act: name, id, value, text: isNote ? entry.querySelector("textarea").value : "" });
  };
  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
    if (!button) return;
    const entry = button.closest(".entry");
    const { opens, closes, export: form, id, act: name } = button.dataset;
    if (opens) openNote(entry, /** @type {HTMLElement} */ (entry?.querySelector(".noting")).hidden);
    else if (closes) openNote(entry, false);
    else if (form) {
      emit("history:export-wanted", { form, id });
      closeMenu(/** @type {HTMLDetailsElement} */ (button.closest("details")));
    } else if (name && confirmed(button)) press(button, entry);
  });
  watchConfirmations(element);
  element.addEventListener("keydown", (event) => {
    const box = /** @type {Element} */ (event.target).closest(".noting");
    if (event.key === "Escape" && box && !isComposing(event)) openNote(box.closest(".entry"), false);
  });
  listen("history:run-missing", () => act({ act: "look" }));
  const offer = () => {
    const offers = /** @type {HTMLElement | null} */ (element.querySelector(".offers"));
    if (!offers) return;
    const { tasks = "", models = "[]" } = offers.dataset;
    emit("history:choices-changed", { tasks: tasks.split(" ").filter(Boolean), models: JSON.parse(models) });
  };
  watch("value", () => {
    offer();
    /* What was focused is drawn anew, or gone: go on from there, or from the top of the list. */
    if (document.activeElement !== document.body) return;
    const again = pressed && element.querySelector(pressed);
    /** @type {HTMLElement | null} */ (again || element.querySelector("#history-count"))?.focus();
  });
  offer();
};
