// @ts-check
/* A picture with its caption, its text for those who do not see it, and downloads: the picture as PNG and SVG, its
 * numbers as CSV and JSON. */
import { create } from "../lib/dom.js";
import { saveFile, saveText } from "../lib/files.js";
import { bilingual, text } from "../lib/i18n.js";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "fill-opacity", "font-size", "font-family", "font-weight", "text-anchor", "dominant-baseline"];

/** @typedef {object} FigureOptions
 * @property {string} name of the files
 * @property {string} caption key of the sentence below the picture
 * @property {import("../lib/i18n.js").Values} [values] of the caption
 * @property {Element} picture an SVG drawing, or any element (then it cannot be saved as a picture)
 * @property {string} [alt] key of the text for those who do not see it; the caption, if there is none
 * @property {import("../lib/i18n.js").Values} [altValues]
 * @property {() => (string | number)[][]} rows the numbers, a head first
 * @property {() => unknown} [data] what the JSON file holds; the rows as objects, if it is not given */

/** One value of a CSV file.
 * @param {string | number} value */
const quoted = (value) => {
  const written = String(value);
  /* A spreadsheet would run what begins like a formula. */
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(written) ? `'${written}` : written;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** @param {(string | number)[][]} rows */
export const csv = (rows) => `${rows.map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;

/** The rows as objects, by the names of the head.
 * @param {(string | number)[][]} rows */
export const records = ([head, ...rows]) => rows.map((row) => Object.fromEntries(head.map((name, place) => [name, row[place]])));

/** A drawing that looks the same outside of the page.
 * @param {any} svg @returns {string} */
const standalone = (svg) => {
  const copy = svg.cloneNode(true);
  const [originals, copies] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  originals.forEach((one, place) => {
    const style = getComputedStyle(one);
    for (const name of STYLES) copies[place].style.setProperty(name, style.getPropertyValue(name));
  });
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.removeAttribute("class");
  copy.style.background = getComputedStyle(document.documentElement).getPropertyValue("--card");
  return new XMLSerializer().serializeToString(copy);
};

/** @param {any} svg @param {string} name */
const savePng = async (svg, name) => {
  const { width, height } = svg.viewBox.baseVal;
  const scale = Math.min(3, 8000 / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await image.decode();
  const canvas = create("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((/** @type {Blob} */ blob) => saveFile(name, blob), "image/png");
};

/** @param {FigureOptions} options @returns {HTMLElement} */
export const createFigure = ({ name, caption, values, picture, alt, altValues, rows, data = () => records(rows()) }) => {
  const isDrawing = picture instanceof SVGElement;
  const file = (/** @type {string} */ ending) => `llama-demo-${name}.${ending}`;
  /** @type {Record<string, () => void>} */
  const saves = {
    ...(isDrawing && { PNG: () => savePng(picture, file("png")), SVG: () => saveText(file("svg"), standalone(picture), "image/svg+xml") }),
    CSV: () => saveText(file("csv"), `﻿${csv(rows())}`, "text/csv"),
    JSON: () => saveText(file("json"), JSON.stringify(data(), null, 1), "application/json"),
  };
  const buttons = Object.entries(saves).map(([kind, save]) => {
    const button = create("button", { type: "button", className: "hood-save", textContent: kind });
    button.setAttribute("aria-label", `${text("hood.save")} ${kind}`);
    button.addEventListener("click", save);
    return button;
  });
  const sheet = create("div", { className: "hood-sheet" }, picture);
  if (isDrawing) {
    sheet.tabIndex = 0;
    sheet.setAttribute("role", "group");
    sheet.setAttribute("aria-label", text(alt ?? caption, altValues ?? values));
  }
  const foot = create("figcaption", {}, create("span", {}, bilingual(caption, values)), create("span", { className: "hood-saves" }, ...buttons));
  return create("figure", { className: "hood-figure" }, sheet, foot);
};
