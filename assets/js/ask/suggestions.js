// @ts-check
/* Questions to begin with, about what is chosen. */
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { language } from "../lib/visit.js";

/** @typedef {{ text: string, lang?: string }} Suggestion */

const PAUSE = 700; /* milliseconds without a change before questions are made of what was pasted or picked */
const SLOW = 300; /* milliseconds after which it is said that questions are looked for */
const SHORTEST = 40; /* characters of a text that questions can be made of */

/** @param {object} options
 * @param {Element} options.element
 * @param {import("../types").AskServer} options.api
 * @param {Record<string, string[]>} options.openings first lines of open chat, by the language of the page */
export const createSuggestions = ({ element, api, openings }) => {
  const part = parts(element);
  let newest = 0;

  /** @param {string} title @param {Suggestion[]} suggestions */
  const show = (title, suggestions) => {
    part("try-title").replaceChildren(bilingual(title));
    part("tries").hidden = !suggestions.length;
    part("try-list").replaceChildren(
      ...suggestions.map(({ text, lang }) => {
        const pill = create("button", { type: "button", className: "pill-button plain", textContent: text, dir: "auto" });
        if (lang) pill.lang = lang;
        pill.dataset.try = text;
        return pill;
      }),
    );
  };
  /* Only questions that the reader answers right are offered; to find them takes a moment. */
  const showSearching = () => {
    show("ask.try.looking", []);
    part("tries").hidden = false;
  };
  /** Whether what was typed or picked is settled; false if something newer came.
   * @param {import("../types").SuggestionsRequest} request @param {number} mine */
  const settled = async (request, mine) => {
    if (request.text === undefined && !request.documents?.length) return true;
    show("ask.try", []);
    if (request.text !== undefined && request.text.trim().length < SHORTEST) return false;
    await new Promise((done) => setTimeout(done, PAUSE));
    return mine === newest;
  };

  return {
    showOpenings() {
      newest += 1;
      show("ask.try.chat", (openings[language()] ?? []).map((text) => ({ text })));
    },
    /** @param {{ language: string, questions: string[] }} example */
    showExample(example) {
      newest += 1;
      show("ask.try", example.questions.map((text) => ({ text, lang: example.language })));
    },
    /** Look for questions. @param {import("../types").SuggestionsRequest} request */
    async find(request) {
      newest += 1;
      const mine = newest;
      if (!(await settled(request, mine))) return;
      const slow = setTimeout(() => {
        if (mine === newest) showSearching();
      }, SLOW);
      try {
        const found = await api.suggestions(request);
        if (mine === newest) show("ask.try", found.questions.map((text) => ({ text })));
      } catch {
        if (mine === newest) show("ask.try", []); /* a question can be asked without */
      } finally {
        clearTimeout(slow);
      }
    },
  };
};
