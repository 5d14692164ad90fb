/* What a model wrote, from the tree that the server read it into. Elements are made by name, of this list
 * alone, and every text enters as text: nothing of it can run, and nothing is loaded. */
const MATH = "http://www.w3.org/1998/Math/MathML";
const ELEMENTS = new Set("p blockquote ul ol li table thead tbody tr th td em strong s hr br h4 h5 h6 pre code mark span a".split(" "));
const FORMULA = new Set("math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mstyle menclose mpadded mphantom mfenced".split(" "));
const ADDRESS = /^(https?|mailto):/i;

const citation = (number) => {
  const button = made("button", { type: "button", className: "cite", textContent: number, ariaLabel: plain("ask.cite", { number }) });
  Object.assign(button.dataset, { act: "cite", number });
  return button;
};
const dressed = (one, tag, attributes) => {
  if (tag === "ol" && Number.isInteger(attributes.start)) one.start = attributes.start;
  if (attributes.align) one.style.textAlign = attributes.align;
  if (tag === "pre") one.tabIndex = 0;
  if (tag === "pre" && attributes.language) one.dataset.language = attributes.language;
  if (tag === "mark") Object.assign(one, { className: "unsupported", title: plain("ask.unsupported") });
  if (tag === "a" && ADDRESS.test(attributes.href)) Object.assign(one, { href: attributes.href, title: attributes.href, target: "_blank", rel: "noopener noreferrer nofollow" });
  return one;
};
const richNode = (node) => {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, children] = node;
  if (tag === "cite") return citation(attributes.number);
  if (tag === "picture") return made("span", { className: "not-loaded" }, bilingual("ask.picture", { name: children.join("") }));
  if (FORMULA.has(tag)) {
    const one = document.createElementNS(MATH, tag);
    for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
    one.append(...children.map(richNode));
    return attributes.display === "block" ? made("div", { className: "wide", tabIndex: 0 }, one) : one;
  }
  const one = dressed(document.createElement(ELEMENTS.has(tag) ? tag : "span"), tag, attributes);
  one.append(...children.map(richNode));
  return tag === "table" ? made("div", { className: "wide", tabIndex: 0 }, one) : one;
};
