/* The switch of temporary mode; the style sheet is told too. */
const button = element.querySelector("button");
const show = () => {
  button.setAttribute("aria-checked", String(llamaDemo.temporary));
  document.documentElement.dataset.temporary = llamaDemo.temporary ? "on" : "off";
};
button.addEventListener("click", () => {
  llamaDemo.temporary = !llamaDemo.temporary;
  if (!llamaDemo.temporary) llamaDemo.remember();
  show();
});
if (!llamaDemo.temporary) llamaDemo.remember();
show();
