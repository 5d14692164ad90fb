// @ts-check
/* The foot of the page: the account, where visitors can sign in, and the link to Gradio's page of endpoints. That opens
 * beside this one, so that what was typed stays; Gradio's own button is hidden. */
import { showAccount } from "./account.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const account = /** @type {HTMLElement | null} */ (element.querySelector(".account"));
  if (account) showAccount(account, server);
  element.querySelector(".for-programs")?.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (document.querySelector("button.show-api"));
    if (!button) return;
    event.preventDefault();
    button.click();
  });
};
