// @ts-check
/* The playground: a table of how alike sentences are. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { statusLine } from "../lib/status.js";

const FEWEST = 2;
const MOST = 8;
const FIRST = ["The cat sleeps on the sofa.", "A kitten is taking a nap on the couch.", "猫在沙发上睡觉。", "The bank raised its interest rates."];

/** @param {number} cosine */
const shown = (cosine) => cosine.toFixed(2).replace("-", "−");

/** The two different sentences that are most alike.
 * @param {number[][]} cosines @returns {[number, number]} */
export const mostAlike = (cosines) => {
  /** @type {[number, number]} */
  let best = [0, 1];
  for (let row = 0; row < cosines.length; row += 1) {
    for (let column = row + 1; column < cosines.length; column += 1) {
      if (cosines[row][column] > cosines[best[0]][best[1]]) best = [row, column];
    }
  }
  return best;
};

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const api = /** @type {import("../types").SearchServer} */ (client(server));
  const part = parts(element);
  const notice = noticeIn(part("problem"));
  const { say } = statusLine("#search-status");
  const list = part("sentences");
  let added = 0; /* rows so far: each has an id of its own */

  const numberRows = () => {
    [...list.children].forEach((row, place) => {
      row.querySelector("label").replaceChildren(bilingual("search.alike.sentence", { number: place + 1 }));
      row.querySelector(".unseen").replaceChildren(bilingual("search.alike.less", { number: place + 1 }));
      row.querySelector("button").hidden = list.children.length <= FEWEST;
    });
    /** @type {any} */ (element.querySelector("[data-act=more]")).hidden = list.children.length >= MOST;
  };
  const addRow = (text) => {
    added += 1;
    const id = `search-alike-${added}`;
    const label = create("label", { className: "unseen-label", htmlFor: id });
    const input = create("input", { type: "text", id, value: text, dir: "auto", autocomplete: "off" });
    const remove = create("button", { type: "button", className: "pill-button small less" }, create("span", { ariaHidden: "true", textContent: "×" }), create("span", { className: "unseen" }));
    remove.dataset.act = "less";
    list.append(create("li", {}, label, input, remove));
    numberRows();
    return input;
  };
  const removeRow = (row) => {
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    numberRows();
    beside.querySelector("input").focus();
  };
  const cell = (cosine) => {
    const one = create("td", { textContent: shown(cosine) });
    one.style.setProperty("--share", `${Math.round(100 * Math.max(0, cosine))}`);
    return one;
  };
  const rowOf = (text, number, cosines) => {
    const head = create("th", { scope: "row", dir: "auto" }, create("span", { className: "heat-number", textContent: number + 1 }), create("span", { className: "heat-text", textContent: text }));
    return create("tr", {}, head, ...cosines.map(cell));
  };
  const draw = (sentences, cosines) => {
    const heads = sentences.map((_, place) => create("th", { scope: "col", textContent: place + 1 }));
    element.querySelector("thead").replaceChildren(create("tr", {}, create("td"), ...heads));
    element.querySelector("tbody").replaceChildren(...sentences.map((text, number) => rowOf(text, number, cosines[number])));
    for (const name of ["heat", "scale"]) part(name).hidden = false;
    const [first, second] = mostAlike(cosines);
    say("search.alike.done", { count: sentences.length, first: first + 1, second: second + 1, cosine: shown(cosines[first][second]) });
  };

  element.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const sentences = [...list.querySelectorAll("input")].map((input) => input.value.trim()).filter(Boolean);
    notice.clear();
    try {
      draw(sentences, (await api.similarities({ sentences })).cosines);
    } catch (error) {
      notice.show(error);
    }
  });
  element.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button?.dataset.act === "more") addRow("").focus();
    if (button?.dataset.act === "less") removeRow(button.closest("li"));
  });
  for (const text of FIRST) addRow(text);
};
