/* The line of figures under a text. */
const figure = (name, value, key, last) => {
  const label = made("dt", {}, bilingual(key));
  const number = made("dd", { textContent: value });
  if (element.id === "result" || element.closest("#result")) number.id = `figure-${name}`;
  return made("div", { className: last ? "last" : "" }, label, number);
};
const drawFigures = (version) => {
  const told = version.figures;
  const list = [];
  if ((told.temperature ?? null) !== null) list.push(figure("temperature", told.temperature, "figure.temperature"));
  if (told.tokens) list.push(figure("tokens", told.tokens, "figure.tokens"));
  if (told.speed) list.push(figure("speed", told.speed, "unit.tokens_per_second"));
  if (told.first) list.push(figure("first", `${told.first} ms`, "figure.first"));
  if (told.seed) list.push(figure("seed", told.seed, "figure.seed", true));
  const dl = text.querySelector(".figures");
  dl.replaceChildren(...list);
  dl.hidden = !list.length;
  const by = text.querySelector(".made-by");
  by.replaceChildren();
  if (version.quotes) by.append(made("span", {}, bilingual("result.quoted")));
  else if (told.model) by.append(made("span", {}, bilingual("result.made_by", { model: told.model })));
  if (told.pace) by.append(made("span", {}, bilingual(`pace.${told.pace}`)));
};
