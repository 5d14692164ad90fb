/* Which half of the tab is shown; the style sheet reads it from the page. */
const show = (view) => {
  document.documentElement.dataset.searchView = view;
  for (const button of element.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  window.dispatchEvent(new CustomEvent("llama-demo-view", { detail: view }));
};
element.addEventListener("click", (event) => {
  const view = event.target.closest("[data-view]")?.dataset.view;
  if (view) show(view);
});
/* For others that need the passages to be seen, as a run of the history does. */
llamaDemo.searchView = show;
