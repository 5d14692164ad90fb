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

/** @type {[Record<string, Record<string, string>>, Record<string, string>, void]} */
export const [texts, templates] = await Promise.all([
  load("texts.json").then((response) => response.json()),
  load("templates.json").then((response) => response.json()),
  adoptStyle(),
]);

/** Address of the app, with a slash at its end; it may lie under a path of a proxy. */
export const root = new URL("../../../../", import.meta.url);
