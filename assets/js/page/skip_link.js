// @ts-check
/* The link that those who use the keyboard meet first: it passes over the head and the tabs. */

export const followSkipLink = () => {
  document.getElementById("skip")?.addEventListener("click", (event) => {
    event.preventDefault(); /* the tab that is open stands in the address */
    const panels = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tabpanel]")]);
    const panel = panels.find((one) => one.offsetParent);
    if (!panel) return;
    panel.tabIndex = -1;
    panel.focus();
    panel.scrollIntoView();
  });
};
