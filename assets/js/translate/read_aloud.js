// @ts-check
/* Both texts read aloud; there is no button for a language without a voice. */
import { createSpeaker, voiceFor } from "../lib/speech.js";

/** @param {import("./pane.js").Pane} pane */
export const createReadAloud = (pane) => {
  const { element, area, direction } = pane;
  /** @type {Record<string, () => { text: string, language: string }>} */
  const sides = {
    source: () => ({ text: area.value, language: direction.from }),
    target: () => ({ text: pane.translation(), language: pane.run?.target ?? direction.target }),
  };
  const speaker = createSpeaker(() => show());
  const show = () => {
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-listen]"))) {
      const side = button.dataset.listen ?? "";
      const { text, language } = sides[side]();
      button.hidden = !voiceFor(language) || !text.trim();
      button.setAttribute("aria-pressed", String(speaker.speaking === side));
    }
  };
  return {
    show,
    /** Read a side, or stop. @param {string} side `source` or `target` */
    toggle: (side) => {
      const { text, language } = sides[side]();
      speaker.toggle(side, text, language);
    },
  };
};
