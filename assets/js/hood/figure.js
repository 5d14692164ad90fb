// @ts-check
/* A picture with its caption, its text for those who do not see it, and downloads: the picture as PNG and SVG, its
 * numbers as CSV and JSON. */
import { create } from "../lib/dom.js";
import { saveFile, saveText } from "../lib/files.js";
import { bilingual, text } from "../lib/i18n.js";
import { drawElement } from "./element_drawing.js";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "fill-opacity", "font-size", "font-family", "font-weight", "text-anchor", "dominant-baseline"];

/** @typedef {object} FigureOptions
 * @property {string} name of the files
 * @property {string} caption key of the sentence below the picture
 * @property {import("../lib/i18n.js").Values} [values] of the caption
 * @property {Element} picture an SVG drawing, or any element
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

/** A copy of a drawing of the page that needs no style sheet.
 * @param {any} svg */
const withStyles = (svg) => {
  const copy = svg.cloneNode(true);
  const [originals, copies] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  originals.forEach((one, place) => {
    const style = getComputedStyle(one);
    for (const name of STYLES) copies[place].style.setProperty(name, style.getPropertyValue(name));
  });
  copy.removeAttribute("class");
  return copy;
};

/** The picture as a file of its own.
 * @param {Element} picture */
const standalone = (picture) => {
  const svg = picture instanceof SVGElement ? withStyles(picture) : drawElement(picture);
  const { width, height } = svg.viewBox.baseVal;
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.style.background = getComputedStyle(document.querySelector(".gradio-container") ?? document.documentElement).getPropertyValue("--card");
  return { source: new XMLSerializer().serializeToString(svg), width, height };
};

/** @param {Element} picture @param {string} name */
const savePng = async (picture, name) => {
  const { source, width, height } = standalone(picture);
  const scale = Math.min(3, 8000 / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
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
    PNG: () => savePng(picture, file("png")),
    SVG: () => saveText(file("svg"), standalone(picture).source, "image/svg+xml"),
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
  if (isDrawing) sheet.tabIndex = 0;
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", text(alt ?? caption, altValues ?? values));
  const foot = create("figcaption", {}, create("span", {}, bilingual(caption, values)), create("span", { className: "hood-saves" }, ...buttons));
  return create("figure", { className: "hood-figure" }, sheet, foot);
};
