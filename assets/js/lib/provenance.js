// @ts-check
/* The sentence that marks a text as generated or machine-translated when it leaves the page; the server's
 * `ui/provenance.py` words its exports by the same texts. */
import { text } from "./i18n.js";

const APP = "llama demo";

/** The sentence about a text that this model wrote.
 * @param {"generated" | "translated"} kind @param {string} [model] */
export const provenanceNotice = (kind, model) => text(`provenance.${kind}`, { maker: model ? `${APP}, ${model}` : APP });

/** A text with the sentence below it.
 * @param {string} words @param {"generated" | "translated"} kind @param {string} [model] */
export const withNotice = (words, kind, model) => `${words.trimEnd()}\n\n— ${provenanceNotice(kind, model)}`;
