// @ts-check
/* A text as a file that the browser makes. */
import { saveText } from "../lib/files.js";
import { text } from "../lib/i18n.js";
import { provenanceNotice, withNotice } from "../lib/provenance.js";
import { textOf } from "./versions.js";

/** @typedef {import("./versions.js").Version} Version */

/** @param {string} line */
const escaped = (line) => line.replace(/([\\`*_{}[\]()#+\-.!<>|~$&])/g, "\\$1");

/** @param {Version} version */
const modelOf = ({ figures, model }) => figures.model ?? model;

/** A text of this version with the notice that a model wrote it, unless it is quoted.
 * @param {Version} version @param {string} words */
export const marked = (version, words) => (version.quotes ? words : withNotice(words, "generated", modelOf(version)));

/** @param {Version} version */
const markdown = (version) => {
  const { figures } = version;
  const lines = (/** @type {string} */ content) => content.split("\n").map(escaped);
  const asked = version.answers && !version.quotes && version.text ? `> ${lines(version.text).join("\n> ")}\n\n` : "";
  const facts = [
    version.quotes ? text("result.quoted") : escaped(provenanceNotice("generated", modelOf(version))),
    figures.tokens && `${figures.tokens} ${text("figure.tokens")}`,
    figures.seed && `${text("figure.seed")} ${figures.seed}`,
  ].filter(Boolean);
  return `# ${text(`preset.${version.preset}`)}\n\n${asked}${lines(textOf(version)).join("  \n")}\n\n---\n\n${facts.join(" · ")}\n`;
};

/** @param {Version} version @param {"txt" | "md"} kind @returns {string} the name of the file */
export const saveVersion = (version, kind) => {
  const stamp = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace(/[:T]/g, "-");
  const name = `llama-demo-${version.preset}-${stamp}.${kind}`;
  if (kind === "md") saveText(name, markdown(version), "text/markdown");
  else saveText(name, `${marked(version, textOf(version))}\n`);
  return name;
};
