// @ts-check
/* Who asks: what goes with every call of the page. No cookie is set. */
import { isBlocked, read, write } from "./storage.js";

const LANGUAGE = "llama_demo.language";
const SECRET = "llama_demo.visitor";
const TEMPORARY = "llama_demo.temporary";

/** @typedef {{ tag: string, name: string, speech: string, codes: string[] }} PageLanguage */

/** @type {{ language: string, languages: Record<string, PageLanguage>, public: boolean }} what the server says in the
 *   head of the page */
const settings = JSON.parse(document.getElementById("settings")?.textContent ?? "{}");

const random = () => {
  const bytes = window.crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};
const page = random();
let number = 0;

/** The code of the page's language. */
export const language = () => {
  const codes = Object.keys(settings.languages);
  return codes.find((code) => settings.languages[code].tag === document.documentElement.lang) ?? codes[0];
};

/** The tags (BCP 47) of all languages of the page. */
export const languageTags = () => Object.values(settings.languages).map(({ tag }) => tag);

/** The page's language. */
export const pageLanguage = () => settings.languages[language()];

/** @param {string} code of a language of the page */
export const chooseLanguage = (code) => {
  write(LANGUAGE, code);
  document.documentElement.lang = settings.languages[code].tag;
};

let signedIn = ""; /* name of the account */

/** The visitor has signed in with an account, by which the server finds what they saved.
 * @param {string} name */
export const setSignedIn = (name) => {
  signedIn = name;
};

/** Whether the browser keeps no secret by which the visitor could find again what they saved. */
export const keepsNothing = () => settings.public && !signedIn && isBlocked();

/** Whether runs of this tab of the browser stay out of the history: as the server has it, or as the visitor chose in
 * this tab, which remembers the choice, and nothing else, until it is closed. */
export const isTemporary = () => {
  if (keepsNothing()) return true;
  const mode = read(TEMPORARY, "sessionStorage");
  return mode === undefined ? settings.public : mode === "on";
};

/** @param {boolean} on */
export const setTemporary = (on) => write(TEMPORARY, on ? "on" : "off", "sessionStorage");

/* A public host keeps nothing unless it is asked to; only then is there a secret to find it by. */
const secret = () => (settings.public ? (read(SECRET) ?? "") : "");

/** Give the visitor a secret to find their runs by, where the server keeps nothing without one. */
export const remember = () => {
  if (settings.public && !signedIn && !secret()) write(SECRET, random());
};

/** What goes with a call: secret, the account that should come with it, language, page, which of its calls it is,
 * mode, time zone. */
export const visit = () => ({
  secret: secret(),
  account: signedIn,
  language: language(),
  page,
  number: (number += 1),
  temporary: isTemporary(),
  minutes_from_utc: -new Date().getTimezoneOffset(),
});
