// @ts-check
/* Presentations: the slides, the three prepared sequences, and their files. */

/** @typedef {{ en: string, zh: string }} Both a text in the languages of the page */
/** @typedef {object} Slide
 * @property {Both} title
 * @property {Both} text
 * @property {Both} notes for the presenter alone
 * @property {string} picture name of a stored result; empty for none
 * @property {string} step of the tour that shows it live; empty for none */
/** @typedef {{ minutes: number, slides: Slide[] }} Presentation */

export const LANGUAGES = /** @type {const} */ (["en", "zh"]);
export const PICTURES = ["", "next", "curve", "samples", "pronouns"];

/** Slides by name: what is drawn on them, and the step that shows it live. */
const CATALOGUE = /** @type {Record<string, { picture: string, step: string }>} */ ({
  welcome: { picture: "", step: "tokens" },
  guess: { picture: "next", step: "next" },
  tokens: { picture: "", step: "tokens" },
  learning: { picture: "curve", step: "training" },
  loss: { picture: "curve", step: "training" },
  samples: { picture: "samples", step: "training" },
  architecture: { picture: "", step: "architecture" },
  makers: { picture: "", step: "architecture" },
  cost: { picture: "", step: "questions" },
  limits: { picture: "", step: "questions" },
  bias: { picture: "pronouns", step: "questions" },
  end: { picture: "", step: "questions" },
});

/** @type {Record<string, { minutes: number, slides: string[] }>} */
export const SEQUENCES = {
  board: { minutes: 5, slides: ["welcome", "guess", "samples", "limits", "end"] },
  class: { minutes: 20, slides: ["welcome", "tokens", "guess", "learning", "samples", "makers", "cost", "bias", "limits", "end"] },
  engineers: { minutes: 10, slides: ["welcome", "tokens", "architecture", "loss", "samples", "cost", "bias", "end"] },
};

/** A prepared presentation.
 * @param {string} audience @param {(tag: string, key: string) => string} format text of a key in a language
 * @param {Record<string, string>} tags of the languages @returns {Presentation} */
export const prepared = (audience, format, tags) => {
  const { minutes, slides } = SEQUENCES[audience];
  const both = (/** @type {string} */ key) => ({ en: format(tags.en, key), zh: format(tags.zh, key) });
  return {
    minutes,
    slides: slides.map((name) => ({ title: both(`hood.present.${name}.title`), text: both(`hood.present.${name}.text`), notes: both(`hood.present.${name}.notes`), ...CATALOGUE[name] })),
  };
};

const FORMAT = "llama-demo-presentation";
const MOST_SLIDES = 100;

/** The text of a file.
 * @param {Presentation} presentation */
export const written = (presentation) => `${JSON.stringify({ format: FORMAT, version: 1, ...presentation }, null, 2)}\n`;

/** @param {any} value @returns {Both} */
const bothOf = (value) => ({ en: String(value?.en ?? "").slice(0, 2000), zh: String(value?.zh ?? "").slice(0, 2000) });

/** The presentation of a file, or null if it is none. Whatever it holds, the result is well formed.
 * @param {string} content @returns {Presentation | null} */
export const parsed = (content) => {
  let value;
  try {
    value = JSON.parse(content);
  } catch {
    return null;
  }
  if (value?.format !== FORMAT || !Array.isArray(value.slides) || !value.slides.length) return null;
  const slides = value.slides.slice(0, MOST_SLIDES).map((/** @type {any} */ one) => ({
    title: bothOf(one?.title),
    text: bothOf(one?.text),
    notes: bothOf(one?.notes),
    picture: PICTURES.includes(one?.picture) ? one.picture : "",
    step: /^[a-z]{0,30}$/.test(one?.step ?? "") ? String(one?.step ?? "") : "",
  }));
  return { minutes: Math.min(600, Math.max(1, Number(value.minutes) || 10)), slides };
};

/** Where a key leads: the next slide by →, ↓, Page Down, Space or Enter, the one before by the others, the first and last.
 * @param {string} key @param {number} place @param {number} count @returns {number} */
export const turned = (key, place, count) => {
  if (["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"].includes(key)) return Math.min(count - 1, place + 1);
  if (["ArrowLeft", "ArrowUp", "PageUp"].includes(key)) return Math.max(0, place - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : place;
};

/** A new order of the slides: the one at `place` changes places with its neighbour.
 * @template Item @param {Item[]} items @param {number} place @param {number} by @returns {Item[]} */
export const moved = (items, place, by) => {
  const other = place + by;
  if (other < 0 || other >= items.length) return items;
  const order = [...items];
  [order[place], order[other]] = [order[other], order[place]];
  return order;
};

/** The presentation of each audience, as it was changed or loaded.
 * @param {(audience: string) => Presentation} prepare makes the prepared one */
export const createPresentations = (prepare) => {
  /** @type {Map<string, Presentation>} */
  const held = new Map();
  /** @param {string} audience @param {Presentation} presentation */
  const replace = (audience, presentation) => {
    held.set(audience, presentation);
    return presentation;
  };
  return {
    of: (/** @type {string} */ audience) => held.get(audience) ?? replace(audience, prepare(audience)),
    replace,
    restore: (/** @type {string} */ audience) => replace(audience, prepare(audience)),
  };
};
