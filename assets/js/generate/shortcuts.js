// @ts-check
/* The keys of the Generate tab. */
import { dismissable } from "../lib/dialog.js";
import { tabKeys } from "../lib/keys.js";

/** @param {string} selector of a button that is pressed if it can be */
const press = (selector) => {
  const button = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  if (button?.checkVisibility() && button.getAttribute("aria-disabled") !== "true") button.click();
};

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  const dialog = dismissable(/** @type {HTMLDialogElement} */ (element.querySelector("dialog")));
  element.querySelector("[data-act=open]")?.addEventListener("click", () => dialog.showModal());
  tabKeys({
    element,
    dialog,
    letters: {
      r: () => press("#again"),
      c: () => press("#continue"),
      p: () => press("#result [data-act=colours]"),
      "[": () => press("#result [data-act=earlier]"),
      "]": () => press("#result [data-act=later]"),
    },
    other: (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        press("#write");
      } else if (event.key === "Escape" && document.querySelector(".result.writing")) press("#stop");
    },
  });
};
