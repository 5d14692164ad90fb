// @ts-check
/* The link at the foot opens Gradio's page of endpoints beside this one, so that what was typed stays; Gradio's
 * own button is hidden. */

/** @param {import("../index.js").Component} component */
export const mount = ({ element }) => {
  element.querySelector("a")?.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (document.querySelector("button.show-api"));
    if (!button) return;
    event.preventDefault();
    button.click();
  });
};
