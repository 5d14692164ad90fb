// @ts-check
/* A picture made of HTML as an SVG drawing, so that it can be saved: boxes with their colours, texts where they stand,
 * canvases as images. */
import { draw, drawing } from "./svg.js";

/** Whether a colour is seen. @param {string} colour as the browser computes it */
const isSeen = (colour) => colour !== "transparent" && !/,\s*0\)$|\/\s*0\)$/.test(colour);

/** The lines of a text node: what stands in each, and its box.
 * @param {Text} node @returns {{ words: string, box: { left: number, top: number, right: number, bottom: number } }[]} */
const linesOf = (node) => {
  const range = document.createRange();
  /** @type {{ words: string, box: { left: number, top: number, right: number, bottom: number } }[]} */
  const lines = [];
  let start = 0;
  for (const letter of node.data) {
    range.setStart(node, start);
    start += letter.length;
    range.setEnd(node, start);
    const [rect] = range.getClientRects();
    if (!rect || !rect.width) continue;
    const line = lines.at(-1);
    if (line && Math.abs(line.box.top - rect.top) < 2) {
      line.words += letter;
      line.box.right = rect.right;
    } else lines.push({ words: letter, box: { left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom } });
  }
  return lines.filter(({ words }) => words.trim());
};

/** @param {Element} root in the page @returns {any} a drawing that needs no style sheet */
export const drawElement = (root) => {
  const frame = root.getBoundingClientRect();
  /** @type {any[]} */
  const pieces = [];
  let [width, height] = [frame.width, frame.height];
  const place = (/** @type {{ left: number, top: number, right: number, bottom: number }} */ box) => {
    width = Math.max(width, box.right - frame.left);
    height = Math.max(height, box.bottom - frame.top);
    return { x: box.left - frame.left, y: box.top - frame.top, width: box.right - box.left, height: box.bottom - box.top };
  };
  const addBox = (/** @type {Element} */ element, /** @type {CSSStyleDeclaration} */ style) => {
    const bordered = parseFloat(style.borderTopWidth) > 0 && isSeen(style.borderTopColor);
    if (!isSeen(style.backgroundColor) && !bordered) return;
    for (const rect of element.getClientRects()) {
      pieces.push(draw("rect", { ...place(rect), rx: Math.min(parseFloat(style.borderTopLeftRadius) || 0, rect.height / 2), fill: isSeen(style.backgroundColor) ? style.backgroundColor : "none", stroke: bordered ? style.borderTopColor : "none", opacity: style.opacity }));
    }
  };
  const addText = (/** @type {Text} */ node, /** @type {CSSStyleDeclaration} */ style) => {
    for (const { words, box } of linesOf(node)) {
      const { x, y, width: long, height: high } = place(box);
      const line = draw("text", { x, y: y + high / 2, "dominant-baseline": "central", textLength: long, lengthAdjust: "spacingAndGlyphs", "xml:space": "preserve" }, words);
      line.style.cssText = `fill: ${style.color}; font-size: ${style.fontSize}; font-weight: ${style.fontWeight}`;
      line.style.fontFamily = style.fontFamily;
      pieces.push(line);
    }
  };
  const visit = (/** @type {Element} */ element) => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden") return;
    if (element instanceof HTMLCanvasElement) {
      pieces.push(draw("image", { ...place(element.getBoundingClientRect()), href: element.toDataURL(), preserveAspectRatio: "none", style: "image-rendering: pixelated" }));
      return;
    }
    addBox(element, style);
    for (const child of element.childNodes) {
      if (child instanceof Text) addText(child, style);
      else if (child instanceof HTMLInputElement) addValue(child);
      else if (child instanceof Element) visit(child);
    }
  };
  /* What is typed into a field. */
  const addValue = (/** @type {HTMLInputElement} */ field) => {
    const style = getComputedStyle(field);
    addBox(field, style);
    const { x, y, width: long, height: high } = place(field.getBoundingClientRect());
    const words = draw("text", { x: x + long / 2, y: y + high / 2, "text-anchor": "middle", "dominant-baseline": "central" }, field.value);
    words.style.cssText = `fill: ${style.color}; font-size: ${style.fontSize}`;
    words.style.fontFamily = style.fontFamily;
    pieces.push(words);
  };
  visit(root);
  return drawing(Math.ceil(width), Math.ceil(height), ...pieces);
};
