/* The switch of temporary mode. The page starts in the mode of the place and tells the style sheet. */
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
show();
