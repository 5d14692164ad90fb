// @ts-check
/* The line of figures under a text, and what wrote it. */
import { create } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";

/** @param {Element} body the text and what stands under it @param {import("./versions.js").Version} version
 * @param {boolean} named whether the figures have ids, as those of one text of the page do */
export const drawFigures = (body, { figures, quotes }, named) => {
  const figure = (name, value, key, last = false) =>
    create(
      "div",
      { className: last ? "last" : "" },
      create("dt", {}, bilingual(key)),
      create("dd", { textContent: value, ...(named && { id: `figure-${name}` }) }),
    );
  const list = [];
  if ((figures.temperature ?? null) !== null) list.push(figure("temperature", figures.temperature, "figure.temperature"));
  if (figures.tokens) list.push(figure("tokens", figures.tokens, "figure.tokens"));
  if (figures.speed) list.push(figure("speed", figures.speed, "unit.tokens_per_second"));
  if (figures.first) list.push(figure("first", `${figures.first} ms`, "figure.first"));
  if (figures.seed) list.push(figure("seed", figures.seed, "figure.seed", true));
  const line = /** @type {HTMLElement} */ (body.querySelector(".figures"));
  line.replaceChildren(...list);
  line.hidden = !list.length;
  const maker = /** @type {HTMLElement} */ (body.querySelector(".made-by"));
  maker.replaceChildren();
  if (quotes) maker.append(create("span", {}, bilingual("result.quoted")));
  else if (figures.model) maker.append(create("span", {}, bilingual("result.made_by", { model: figures.model })));
  if (figures.pace) maker.append(create("span", {}, bilingual(`pace.${figures.pace}`)));
};
