// @ts-check
/* The Hugging Face account of the visitor: who has signed in, and the links to sign in and out. */
import { client, RequestError } from "../lib/client.js";
import { create } from "../lib/dom.js";
import { emit } from "../lib/events.js";
import { bilingual } from "../lib/i18n.js";
import { root } from "../lib/resources.js";
import { setSignedIn } from "../lib/visit.js";

const INTERVAL = 60_000; /* milliseconds between two looks whether the sign-in has ended */

/** A link to one of Gradio's routes for sign-in. In a frame of another site browsers may hold its cookie back, so there
 * it opens a page of its own.
 * @param {string} path @param {string} key of the text @param {boolean} [beside] whether it opens a page of its own
 *   anyway, so that what was typed stays */
const link = (path, key, beside = false) => {
  const target = window.self === window.top && !beside ? "_self" : "_blank";
  const made = create("a", { href: new URL(path, root).href, target });
  made.append(bilingual(key));
  return made;
};

/** @param {HTMLElement} place @param {any} server */
export const showAccount = async (place, server) => {
  const api = /** @type {import("../types.js").AccountServer} */ (client(server));
  const { name, operator } = await api.account();
  if (!name) {
    place.replaceChildren(link("login/huggingface", "foot.sign_in"));
    return;
  }
  setSignedIn(name);
  emit("account:signed-in");
  /* What the page shows: the account's name, or nothing once the sign-in has ended. */
  let shown = "";
  /** @param {string} account its name */
  const showSignedIn = (account) => {
    shown = account;
    place.replaceChildren(bilingual("foot.signed_in", { name: account }), " ", link("logout", "foot.sign_out"));
  };
  const showSignedOut = () => {
    shown = "";
    place.replaceChildren(bilingual("foot.signed_out"), " ", link("login/huggingface", "foot.sign_in", true));
  };
  const look = async () => {
    if (document.hidden) return;
    try {
      const account = await api.account();
      if (account.name !== shown) showSignedIn(account.name);
    } catch (error) {
      if (error instanceof RequestError && error.key === "signed_out" && shown) showSignedOut();
    }
  };
  showSignedIn(name);
  setInterval(look, INTERVAL);
  document.addEventListener("visibilitychange", look);
  if (!operator) return;
  const { visitors, megabytes } = await api.figures();
  place.append(" ", bilingual("foot.operator", { visitors, megabytes: megabytes.toFixed(1) }));
};
