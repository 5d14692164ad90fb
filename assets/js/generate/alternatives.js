// @ts-check
/* What else could have come in the place of a token, the likeliest first, with bars. */
import { create, parts, reveal } from "../lib/dom.js";
import { percentOfLog } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";
import { visible } from "./tokens.js";

/** @typedef {import("./versions.js").Version} Version */

/** What stands before a token; null if nothing does. @param {Version} version @param {number} index */
const wordBefore = (version, index) => {
  for (let i = index - 1; i >= 0; i -= 1) if (version.tokens[i][1].trim()) return visible(version.tokens[i][1]);
  const asked = version.answers ? "" : version.text.trim();
  return asked ? Array.from(asked).slice(-12).join("") : null;
};

/** @param {import("./versions.js").Token} token the chosen one @param {import("./versions.js").Choice} choice */
const choiceRow = (token, [id, words, logprob, ends]) => {
  const word = create("span", { className: "choice-word", dir: "auto" });
  if (ends) word.append(bilingual("others.end"));
  else word.textContent = visible(words);
  const filling = create("span");
  filling.style.width = `${Math.max(0.5, 100 * Math.exp(logprob))}%`;
  const bar = create("span", { className: "bar", ariaHidden: "true" }, filling);
  const share = create("span", { className: "share", textContent: percentOfLog(logprob) });
  const button = create("button", { type: "button", className: "choice" }, word, bar, share);
  button.dataset.choice = id;
  const taken = id < 0 ? words === token[1] : id === token[0];
  if (taken) {
    button.setAttribute("aria-current", "true");
    word.append(create("span", { className: "unseen" }, bilingual("others.taken")));
  } else if (ends || id < 0 || words.includes("\ufffd")) {
    button.setAttribute("aria-disabled", "true");
  }
  return create("li", {}, button);
};

/** @param {HTMLElement} element the result @param {HTMLElement} body its text */
export const createAlternatives = (element, body) => {
  const part = parts(element);
  const panel = part("others");
  /** @type {number | null} */
  let place = null;
  const token = (index) => /** @type {HTMLElement | null} */ (body.querySelector(`.token[data-i="${index}"]`));
  const close = (focus = false) => {
    const was = place;
    place = null;
    panel.hidden = true;
    body.querySelector(".token.picked")?.classList.remove("picked");
    if (focus && was !== null) token(was)?.focus();
  };
  return {
    /** The index of the token whose alternatives are shown. */
    get place() {
      return place;
    },
    close,
    /** @param {Version} version @param {number} index @param {boolean} byKeyboard whether the focus goes along */
    open(version, index, byKeyboard) {
      const chosen = version.tokens[index];
      const [id, words, logprob, known] = chosen;
      /** @type {import("./versions.js").Choice[]} */
      const choices = known.some(([other, text]) => (id < 0 ? text === words : other === id)) ? known : [...known, [id, words, logprob, false]];
      close();
      place = index;
      token(index)?.classList.add("picked");
      const before = wordBefore(version, index);
      part("others-title").replaceChildren(before === null ? bilingual("others.first") : bilingual("others.title", { token: before }));
      part("others-list").replaceChildren(...choices.map((choice) => choiceRow(chosen, choice)));
      panel.querySelector(".note").hidden = !known.length || id < 0;
      panel.hidden = false;
      if (byKeyboard) (panel.querySelector(".choice:not([aria-current]):not([aria-disabled])") ?? part("others-title")).focus();
      else reveal(`#${panel.closest(".block").id} .others`);
    },
    /** Go to the next row, or the one before. @param {Element} row @param {number} step */
    step(row, step) {
      const rows = [...panel.querySelectorAll(".choice")];
      rows[rows.indexOf(row) + step]?.focus();
    },
  };
};
