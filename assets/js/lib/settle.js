// @ts-check
/* The page below its head stays invisible until it has its first size: Gradio makes the components of a tab one after the
 * other, and each would push those below it down while they are read. The first lines of the page hide it, and
 * show it after some seconds whatever happens. */

const STILL = 120; /* milliseconds without a change of the height */

let timer = 0;

const settled = () => {
  observer.disconnect();
  document.documentElement.classList.remove("settling");
};
const wait = () => {
  window.clearTimeout(timer);
  timer = window.setTimeout(settled, STILL);
};
const observer = new ResizeObserver(wait);

/** Show the page when it has come to rest; called when a component was mounted. */
export const settle = () => {
  if (!document.documentElement.classList.contains("settling")) return;
  const main = document.querySelector(".gradio-container");
  if (main) observer.observe(main);
  wait();
};
