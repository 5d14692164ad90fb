/* One's documents may answer in a language that the query is not in: each language by itself, one click away. */
const tongue = (code, words, pressed) => {
  const button = made("button", { type: "button", className: "pill-button small" }, words);
  button.dataset.tongue = code;
  button.setAttribute("aria-pressed", String(pressed));
  return button;
};
/* How many of the passages are in a language is told only where others could have been shown too. */
const tongueName = (code, hits, chosen) => {
  const count = chosen ? 0 : hits.filter((hit) => hit.language === code).length;
  return count ? bilingual("search.tongue", { name: languageName(code), count }) : languageName(code);
};
const drawTongues = (hits, languages, chosen) => {
  const some = part("tongues");
  some.hidden = languages.length < 2 || !(hits.length || chosen);
  const focused = some.contains(document.activeElement) ? document.activeElement.dataset.tongue : null;
  some.querySelector(".tongue-choices").replaceChildren(
    tongue("", bilingual("search.tongue.all"), !chosen),
    ...languages.map((code) => tongue(code, tongueName(code, hits, chosen), code === chosen)),
  );
  if (focused !== null) some.querySelector(`[data-tongue="${focused}"]`)?.focus();
};
