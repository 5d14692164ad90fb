/* The playground: a table of how alike sentences are. */
const FEWEST = 2;
const MOST = 8;
const FIRST = ["The cat sleeps on the sofa.", "A kitten is taking a nap on the couch.", "猫在沙发上睡觉。", "The bank raised its interest rates."];
const form = element.querySelector("form");
const list = part("sentences");

const number = () => {
  [...list.children].forEach((row, place) => {
    row.querySelector("label").replaceChildren(bilingual("search.alike.sentence", { number: place + 1 }));
    row.querySelector(".unseen").replaceChildren(bilingual("search.alike.less", { number: place + 1 }));
    row.querySelector("button").hidden = list.children.length <= FEWEST;
  });
  element.querySelector("[data-act=more]").hidden = list.children.length >= MOST;
};
let rows = 0;
const add = (text) => {
  rows += 1;
  const id = `search-alike-${rows}`;
  const label = made("label", { className: "unseen-label", htmlFor: id });
  const input = made("input", { type: "text", id, value: text, dir: "auto", autocomplete: "off" });
  const less = made("button", { type: "button", className: "pill-button small less" }, made("span", { ariaHidden: "true", textContent: "×" }), made("span", { className: "unseen" }));
  less.dataset.act = "less";
  list.append(made("li", {}, label, input, less));
  number();
  return input;
};
const shown = (cosine) => cosine.toFixed(2).replace("-", "−");
const cell = (cosine) => {
  const one = made("td", { textContent: shown(cosine) });
  one.style.setProperty("--share", `${Math.round(100 * Math.max(0, cosine))}`);
  return one;
};
const draw = (sentences, cosines) => {
  const heads = sentences.map((_, place) => made("th", { scope: "col", textContent: place + 1 }));
  element.querySelector("thead").replaceChildren(made("tr", {}, made("td"), ...heads));
  element.querySelector("tbody").replaceChildren(
    ...sentences.map((text, row) => {
      const head = made("th", { scope: "row", dir: "auto" }, made("span", { className: "heat-number", textContent: row + 1 }), made("span", { className: "heat-text", textContent: text }));
      return made("tr", {}, head, ...cosines[row].map(cell));
    }),
  );
  for (const name of ["heat", "scale"]) part(name).hidden = false;
  let best = [0, 1];
  for (let row = 0; row < cosines.length; row += 1) {
    for (let column = row + 1; column < cosines.length; column += 1) {
      if (cosines[row][column] > cosines[best[0]][best[1]]) best = [row, column];
    }
  }
  say("search.alike.done", { count: sentences.length, first: best[0] + 1, second: best[1] + 1, cosine: shown(cosines[best[0]][best[1]]) });
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const sentences = [...list.querySelectorAll("input")].map((input) => input.value.trim()).filter(Boolean);
  part("problem").replaceChildren();
  try {
    const found = await server.similarities({ visit: llamaDemo.visit(), sentences });
    if (found.problem) part("problem").innerHTML = found.problem; /* made and escaped by the server */
    else draw(sentences, found.cosines);
  } catch {
    part("problem").replaceChildren(element.querySelector("template.unreachable").content.cloneNode(true));
  }
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.act === "more") add("").focus();
  if (button?.dataset.act === "less") {
    const row = button.closest("li");
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    number();
    beside.querySelector("input").focus();
  }
});
for (const text of FIRST) add(text);
