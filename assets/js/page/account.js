// @ts-check
/* The Hugging Face account of the visitor: who has signed in, and the links to sign in and out. */
import { client } from "../lib/client.js";
import { create } from "../lib/dom.js";
import { emit } from "../lib/events.js";
import { bilingual } from "../lib/i18n.js";
import { root } from "../lib/resources.js";
import { setSignedIn } from "../lib/visit.js";

/** A link to one of Gradio's routes for sign-in. In a frame of another site browsers may hold its cookie back, so there
 * it opens a page of its own.
 * @param {string} path @param {string} key of the text */
const link = (path, key) => {
  const target = window.self === window.top ? "_self" : "_blank";
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
  setSignedIn();
  emit("account:signed-in");
  place.replaceChildren(bilingual("foot.signed_in", { name }), " ", link("logout", "foot.sign_out"));
  if (!operator) return;
  const { visitors, megabytes } = await api.figures();
  place.append(" ", bilingual("foot.operator", { visitors, megabytes: megabytes.toFixed(1) }));
};
