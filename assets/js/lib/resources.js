// @ts-check
/* What the server renders once and the browser caches: the texts of both languages, the markup of the components
 * and the style. They lie beside the scripts, under the same version. */

/** @param {string} name */
const load = async (name) => {
  const response = await fetch(new URL(`../../${name}`, import.meta.url));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
};

/* Adopted, it applies after every style sheet of Gradio, whenever that comes. */
const adoptStyle = async () => {
  const sheet = new CSSStyleSheet();
  await sheet.replace(await (await load("style.css")).text());
  document.adoptedStyleSheets.push(sheet);
  document.documentElement.classList.remove("unstyled"); /* set in the head; what is drawn before this would move */
};

/** @param {string} name */
const loadJson = async (name) => (await load(name)).json();

/** Texts by tag and key. @type {Record<string, Record<string, string>>} */
export const texts = {};

/** Markup of the components by name. @type {Record<string, string>} */
export const templates = {};

const loadFirst = async () => {
  const parts = [loadJson("texts.json"), loadJson("templates.json"), adoptStyle()];
  const [firstTexts, firstTemplates] = await Promise.all(parts);
  Object.assign(texts, firstTexts);
  Object.assign(templates, firstTemplates);
};

/** Fulfilled when the texts, the markup and the style are there. Modules wait for it in functions: an `await` beside
 * them would have WebKit run the modules that import them too early (webkit.org/b/242740). */
export const loaded = loadFirst();

const joinLater = async () => {
  await loaded;
  const [moreTexts, moreTemplates] = await Promise.all([loadJson("later/texts.json"), loadJson("later/templates.json")]);
  for (const [tag, entries] of Object.entries(moreTexts)) Object.assign(texts[tag], entries);
  Object.assign(templates, moreTemplates);
};
/** @type {Promise<void> | null} */
let joining = null;

/** The texts and the markup of the tabs that are not shown first, loaded once. */
export const loadLater = () => (joining ??= joinLater());

/** Address of the app, with a slash at its end; it may lie under a path of a proxy. */
export const root = new URL("../../../../", import.meta.url);
