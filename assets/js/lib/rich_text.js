// @ts-check
/* What a model wrote, from the tree that the server parsed it into. Elements are made by the names of these lists
 * alone, and every text enters as text: nothing of it can run, and nothing is loaded. */
import { create } from "./dom.js";
import { bilingual, text } from "./i18n.js";

/** @typedef {string | [string, Record<string, any>, any[]]} RichNode a text, or a tag with attributes and children */

const MATH = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set("p blockquote ul ol li table thead tbody tr th td em strong s hr br h4 h5 h6 pre code mark span a".split(" "));
const FORMULA = new Set(
  "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mstyle menclose mpadded mphantom mfenced".split(" "),
);
const ADDRESS = /^(https?|mailto):/i;

/** @param {number} number */
const citation = (number) => {
  const button = create("button", { type: "button", className: "cite", textContent: number, ariaLabel: text("ask.cite", { number }) });
  Object.assign(button.dataset, { act: "cite", number });
  return button;
};

/** @param {string} tag @param {Record<string, any>} attributes */
const elementOf = (tag, attributes) => {
  const element = create(ELEMENTS.has(tag) ? tag : "span");
  if (tag === "ol" && Number.isInteger(attributes.start)) element.start = attributes.start;
  if (attributes.align) element.style.textAlign = attributes.align;
  if (tag === "pre") element.tabIndex = 0;
  if (tag === "pre" && attributes.language) element.dataset.language = attributes.language;
  if (tag === "mark") Object.assign(element, { className: "unsupported", title: text("ask.unsupported") });
  if (tag === "a" && ADDRESS.test(attributes.href)) {
    Object.assign(element, { href: attributes.href, title: attributes.href, target: "_blank", rel: "noopener noreferrer nofollow" });
  }
  return element;
};

/** What is wider than the page scrolls by itself. @param {Element} element */
const scrollable = (element) => create("div", { className: "wide", tabIndex: 0 }, element);

/** @param {RichNode} node @returns {Node} */
export const richNode = (node) => {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, children] = node;
  if (tag === "cite") return citation(attributes.number);
  if (tag === "picture") return create("span", { className: "not-loaded" }, bilingual("ask.picture", { name: children.join("") }));
  if (FORMULA.has(tag)) {
    const element = document.createElementNS(MATH, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.map(richNode));
    return attributes.display === "block" ? scrollable(element) : element;
  }
  const element = elementOf(tag, attributes);
  element.append(...children.map(richNode));
  return tag === "table" ? scrollable(element) : element;
};

/** The numbers that are cited in a text.
 * @param {RichNode[]} nodes @returns {number[]} */
export const citedIn = (nodes) =>
  nodes.flatMap((node) => (typeof node === "string" ? [] : node[0] === "cite" ? [node[1].number] : citedIn(node[2])));
