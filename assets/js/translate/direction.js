/* From which language into which: what is chosen, and what can be. */
const chosen = { source: "auto", target: "", model: "", byHand: false };
let guess = null; /* language, how sure, and a second language of the text that was translated last */

const ways = (source, target) => props.routes[source]?.[target] ?? [];
const known = () => guess?.[0] ?? "";
const from = () => (chosen.source === "auto" ? known() : chosen.source);
const reachable = (target) => {
  const sources = chosen.source === "auto" ? Object.keys(props.routes) : [chosen.source];
  return sources.some((source) => ways(source, target).length);
};
const targets = () => [...new Set(Object.values(props.routes).flatMap(Object.keys))].filter(reachable);
/* Where a text in this language most likely has to go: into the page's language, or out of it. */
const likely = (source) => {
  const home = llamaDemo.language;
  const wished = source === home ? ["en", "zh"] : [home, "en", "zh"];
  const open = targets().filter((target) => target !== source && (!source || ways(source, target).length));
  return wished.find((target) => open.includes(target)) ?? open[0] ?? chosen.target;
};
const nameOf = (code) => props.names[code] ?? code;

const showDetected = () => {
  const place = part("detected");
  if (chosen.source !== "auto" || !known()) return place.replaceChildren(bilingual("translate.detect"));
  const key = guess[2] ? "translate.detected.mixed" : "translate.detected";
  const values = { language: nameOf(guess[0]), percent: percentOf(guess[1]), other: nameOf(guess[2]) };
  return place.replaceChildren(bilingual(key, values));
};
const showModels = () => {
  const list = ways(from(), chosen.target);
  const pick = part("model");
  pick.replaceChildren(...list.map((way) => made("option", { value: way.model, textContent: way.model })));
  if (list.some((way) => way.model === chosen.model)) pick.value = chosen.model;
  else chosen.model = "";
  part("models").hidden = list.length < 2;
};
const showDirection = () => {
  for (const [side, value] of [["source", chosen.source], ["target", chosen.target]]) {
    for (const input of element.querySelectorAll(`input[name=translate-${side}]`)) input.checked = input.value === value;
    const list = element.querySelector(`select[data-side=${side}]`);
    if (list) list.value = [...list.options].some((option) => option.value === value) ? value : "";
    list?.classList.toggle("taken", Boolean(list.value));
  }
  for (const label of element.querySelectorAll(".into [data-language]")) {
    const code = label.dataset.language;
    const input = label.querySelector("input");
    (input ?? label).disabled = !reachable(code) || code === chosen.source;
    const via = label.querySelector(".via");
    if (via) via.hidden = !ways(from(), code)[0]?.via;
  }
  showDetected();
  showModels();
  const swap = part("swap");
  swap.setAttribute("aria-disabled", String(!from() || !ways(chosen.target, from()).length));
  document.dispatchEvent(new CustomEvent("llama-demo:direction"));
};
const setDirection = (source, target) => {
  chosen.source = source;
  chosen.target = target;
  if (!reachable(target) || target === source) chosen.target = likely(source === "auto" ? "" : source);
  showDirection();
};

/* For the other parts of the tab. What is in the target's language already goes into another one, unless
 * somebody chose the target. */
llamaDemo.direction = () => ({ source: chosen.source, known: from(), target: chosen.target, model: chosen.model, otherwise: chosen.byHand || chosen.source !== "auto" ? "" : likely(chosen.target) });
llamaDemo.languageName = nameOf;
