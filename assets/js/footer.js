/* Opens Gradio's page of endpoints beside this one, so that what was typed stays; its own button is hidden. */
element.querySelector("a").addEventListener("click", (event) => {
  const button = document.querySelector("button.show-api");
  if (!button) return;
  event.preventDefault();
  button.click();
});
