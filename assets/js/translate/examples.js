/* A pill puts its text into the box and has it translated. */
element.addEventListener("click", (event) => {
  const pill = event.target.closest("[data-text]");
  if (pill) llamaDemo.translate(pill.dataset.text, pill.dataset.language);
});
