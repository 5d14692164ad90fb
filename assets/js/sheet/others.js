/* What else could have come at a place, likeliest first, with bars. */
const others = part("others");
let place = null;

const closeOthers = (focus) => {
  const was = place;
  place = null;
  others.hidden = true;
  text.querySelector(".token.picked")?.classList.remove("picked");
  if (focus && was !== null) text.querySelector(`.token[data-i="${was}"]`)?.focus();
};
const before = (version, index) => {
  for (let i = index - 1; i >= 0; i -= 1) if (version.tokens[i][1].trim()) return visible(version.tokens[i][1]);
  const asked = version.answers ? "" : version.text.trim();
  return asked ? Array.from(asked).slice(-12).join("") : null;
};
const choiceRow = (token, choice) => {
  const [id, words, logprob, ends] = choice;
  const word = made("span", { className: "choice-word", dir: "auto" });
  if (ends) word.append(bilingual("others.end"));
  else word.textContent = visible(words);
  const bar = made("span", { className: "bar", ariaHidden: "true" }, made("span"));
  bar.firstChild.style.width = `${Math.max(0.5, 100 * Math.exp(logprob))}%`;
  const button = made("button", { type: "button", className: "choice" }, word, bar, made("span", { className: "share", textContent: percent(logprob) }));
  button.dataset.choice = id;
  const broken = words.includes("\ufffd");
  if (id === token[0]) {
    button.setAttribute("aria-current", "true");
    word.append(made("span", { className: "unseen" }, bilingual("others.taken")));
  } else if (ends || broken) {
    button.setAttribute("aria-disabled", "true");
  }
  return made("li", {}, button);
};
const openOthers = (version, index, keyboard) => {
  const token = version.tokens[index];
  const choices = token[3].some(([id]) => id === token[0]) ? token[3] : [...token[3], [token[0], token[1], token[2], false]];
  closeOthers(false);
  place = index;
  text.querySelector(`.token[data-i="${index}"]`)?.classList.add("picked");
  const word = before(version, index);
  part("others-title").replaceChildren(word === null ? bilingual("others.first") : bilingual("others.title", { token: word }));
  part("others-list").replaceChildren(...choices.map((choice) => choiceRow(token, choice)));
  others.querySelector(".note").hidden = !token[3].length;
  others.hidden = false;
  if (keyboard) (others.querySelector(".choice:not([aria-current]):not([aria-disabled])") ?? part("others-title")).focus();
  else llamaDemo.show(`#${others.closest(".block").id} .others`);
};
