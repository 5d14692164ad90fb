/* A pill puts its text into the prompt box, as if it had been typed. */
element.addEventListener("click", (event) => {
  const pill = event.target.closest("[data-text]");
  if (!pill) return;
  const area = document.querySelector("#prompt textarea");
  area.value = pill.dataset.text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
