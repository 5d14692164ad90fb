/* A pill puts its text into the prompt box and has it written. Those in the language of the page come first. */
const order = () => {
  const own = (pill) => Number(pill.lang === llamaDemo.language);
  const pills = [...element.querySelectorAll("[data-text]")];
  for (const pill of pills.sort((a, b) => own(b) - own(a))) pill.parentElement.append(pill);
};
element.addEventListener("click", (event) => {
  const pill = event.target.closest("[data-text]");
  if (!pill) return;
  llamaDemo.fill("#prompt", pill.dataset.text);
  document.querySelector("#write").click();
});
new MutationObserver(order).observe(document.documentElement, { attributeFilter: ["lang"] });
order();
