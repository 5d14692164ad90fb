// @ts-check
/* The box in which a question is typed or dictated. */
import { parts } from "../lib/dom.js";
import { isComposing } from "../lib/keys.js";
import { pageLanguage } from "../lib/visit.js";

const TALLEST = 9; /* lines of the box before it scrolls */
/** Speech recognition of the browser, where it has any. @type {any} */
const Recognition = /** @type {any} */ (globalThis).SpeechRecognition ?? /** @type {any} */ (globalThis).webkitSpeechRecognition;

/** Let a box grow with its text. @param {HTMLTextAreaElement} area */
export const stretch = (area) => {
  area.style.height = "auto";
  const line = parseFloat(getComputedStyle(area).lineHeight) || 24;
  area.style.height = `${Math.min(area.scrollHeight, line * TALLEST) + 2}px`;
};

/** The button that dictates. The browser may send what it hears to its maker, which is said beside the button before
 * anything is heard; where it cannot listen there is no button.
 * @param {Element} element @param {HTMLTextAreaElement} box
 * @param {ReturnType<typeof import("../lib/status.js").statusLine>} status */
const createDictation = (element, box, status) => {
  const part = parts(element);
  const button = part("dictate");
  /** @type {any} */
  let listening = null;
  /** @param {boolean} on */
  const show = (on) => {
    button.setAttribute("aria-pressed", String(on));
    part("dictate-note").hidden = !on;
  };
  button.hidden = !Recognition;
  return () => {
    if (listening) {
      listening.stop();
      return;
    }
    const before = box.value;
    listening = new Recognition();
    Object.assign(listening, { lang: pageLanguage().speech, interimResults: true });
    listening.onresult = (/** @type {any} */ event) => {
      const heard = [...event.results].map((one) => one[0].transcript).join("");
      box.value = before && !/\s$/.test(before) ? `${before} ${heard}` : before + heard;
      box.dispatchEvent(new Event("input"));
    };
    listening.onerror = (/** @type {any} */ event) => status.say(event.error === "not-allowed" ? "ask.dictate.refused" : "ask.dictate.failed");
    listening.onend = () => {
      listening = null;
      show(false);
      box.focus();
    };
    listening.start();
    show(true);
    status.say("ask.dictate.on");
  };
};

/** @param {object} options
 * @param {HTMLElement} options.element
 * @param {ReturnType<typeof import("../lib/status.js").statusLine>} options.status
 * @param {(question: string) => void} options.send */
export const createComposer = ({ element, status, send }) => {
  const part = parts(element);
  const box = /** @type {HTMLTextAreaElement} */ (part("question"));
  const form = /** @type {HTMLFormElement} */ (part("composer"));
  const roomy = window.matchMedia("(hover: hover)");
  const showHint = () => {
    part("hint").hidden = Boolean(box.value);
  };
  box.addEventListener("input", () => {
    stretch(box);
    showHint();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(box.value);
  });
  /* Enter sends, here and where a question is edited; while an input method is open it confirms a candidate. */
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || isComposing(event)) return;
    const editor = /** @type {HTMLFormElement | null} */ (/** @type {Element} */ (event.target).closest(".editing"));
    if (event.target !== box && !editor) return;
    if (event.shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    (editor ?? form).requestSubmit();
  });
  showHint();
  return {
    dictate: createDictation(element, box, status),
    focus: () => box.focus(),
    /** Focus the box, where no keyboard comes up that covers the answer. */
    focusIfRoomy() {
      if (roomy.matches) box.focus();
    },
    isEmpty: () => !box.value,
    /** @param {string} text */
    fill(text) {
      box.value = text;
      stretch(box);
      showHint();
    },
    /** @param {boolean} busy */
    showBusy(busy) {
      part("stop").hidden = !busy;
      part("go").hidden = busy;
    },
  };
};
