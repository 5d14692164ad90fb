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
};

/** @param {string} name */
const loadJson = async (name) => (await load(name)).json();

/** @type {[Record<string, Record<string, string>>, Record<string, string>, void]} */
export const [texts, templates] = await Promise.all([
  loadJson("texts.json"),
  loadJson("templates.json"),
  adoptStyle(),
]);

const joinLater = async () => {
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
