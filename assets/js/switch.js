const buttons = [...element.querySelectorAll("button")];
const show = () => {
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(button.dataset.language === llamaDemo.language));
  }
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.dataset.language === llamaDemo.language) return;
  llamaDemo.choose(button.dataset.language);
  show();
  trigger("select", {});
});
show();
