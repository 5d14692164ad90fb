// @ts-check
/* What Gradio's components leave out for those who listen to the page instead of looking at it: whether an
 * accordion is open, and names of sliders in the language of the page. And what Gradio says in English only:
 * that the server is gone, or has too many callers. */

import { text } from "../lib/i18n.js";
import { forget, read, write } from "../lib/storage.js";

export const supplementGradio = () => {
  /** @type {[RegExp, string][]} */
  const SAID = [
    [/connection (to the server was lost|errored)/i, "browser.lost"],
    [/queue is full|currently busy/i, "browser.busy"],
  ];
  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  /* When the server is back, Gradio loads the page anew. What was typed is carried over, in the memory of
   * this tab, and only then. */
  const KEPT = "llama_demo.kept";
  const boxes = () => /** @type {HTMLTextAreaElement[]} */ ([...document.querySelectorAll(".block[id] textarea")]);
  let keeping = false;
  const keepTyped = () => {
    if (keeping) return;
    keeping = true;
    window.addEventListener("pagehide", () => {
      const typed = boxes().map((box) => [box.closest(".block").id, box.value]);
      write(KEPT, JSON.stringify(typed), "sessionStorage");
    });
  };
  const giveBack = () => {
    const typed = read(KEPT, "sessionStorage");
    forget(KEPT, "sessionStorage");
    for (const [id, value] of JSON.parse(typed ?? "[]")) {
      const box = document.getElementById(id)?.querySelector("textarea");
      if (!box || !value) continue;
      box.value = value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const tell = () => {
    for (const button of document.querySelectorAll("button.label-wrap")) {
      set(button, "aria-expanded", String(button.classList.contains("open")));
    }
    for (const range of document.querySelectorAll("input[type=range]")) {
      const block = range.closest(".block");
      const title = block?.querySelector("[data-testid=block-info]")?.textContent.trim();
      if (!title) continue;
      set(range, "aria-label", title);
      set(block.querySelector("input[type=number]"), "aria-label", title);
      set(block.querySelector(".reset-button"), "aria-label", `${text("browser.reset")}: ${title}`);
    }
    for (const toast of document.querySelectorAll("[data-testid=toast-body]")) {
      const title = /** @type {Text | undefined} */ (toast.querySelector(".toast-title")?.firstChild);
      const body = toast.querySelector("[data-testid=toast-text]");
      const key = SAID.find(([pattern]) => pattern.test(body?.textContent ?? ""))?.[1];
      if (!key || !title) continue;
      if (key === "browser.lost") keepTyped();
      title.data = `${text("browser.trouble")} `;
      body.textContent = text(key);
    }
  };
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      tell();
    });
  };
  new MutationObserver(later).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["class", "aria-label"],
  });
  tell();
  giveBack();
};
