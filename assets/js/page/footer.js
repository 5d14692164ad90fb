// @ts-check
/* The foot of the page: where what is typed goes, the account, where visitors can sign in, and the link to Gradio's page of endpoints. That opens
 * beside this one, so that what was typed stays; Gradio's own button is hidden. */
import { activeModel, isElsewhere } from "../lib/active_models.js";
import { listen } from "../lib/events.js";
import { showAccount } from "./account.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const account = /** @type {HTMLElement | null} */ (element.querySelector(".account"));
  if (account) showAccount(account, server);
  listen("models:known", () => {
    const tasks = ["generate", "search"].filter((task) => isElsewhere(activeModel(task)));
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-elsewhere]"))) {
      const task = one.dataset.elsewhere;
      one.hidden = task ? !tasks.includes(task) : tasks.length > 0;
    }
  });
  element.querySelector(".for-programs")?.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (document.querySelector("button.show-api"));
    if (!button) return;
    event.preventDefault();
    button.click();
  });
};
