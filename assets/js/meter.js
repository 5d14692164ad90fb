/* Asks for the meter anew once nobody has typed for a moment. */
const CALM = 300; /* milliseconds */
let waiting;
const later = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => trigger("select", { written: llamaDemo.written?.() ?? null }), CALM);
};
document.addEventListener("input", (event) => {
  if (event.target.closest?.("#prompt")) later();
});
document.addEventListener("llama-demo:asked", later);
