/* A pill puts its text into the prompt box and has it written. */
element.addEventListener("click", (event) => {
  const pill = event.target.closest("[data-text]");
  if (!pill) return;
  llamaDemo.fill("#prompt", pill.dataset.text);
  document.querySelector("#write").click();
});
