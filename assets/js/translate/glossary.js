/* The visitor's own terms for the direction that is chosen. */
const form = element.querySelector("form");
const list = part("terms");
let asking = 0;

const direction = () => {
  const { known, target } = llamaDemo.direction?.() ?? {};
  return known && target && known !== target ? { source: known, target } : null;
};
const row = ([term, translation]) => {
  const remove = made("button", { type: "button", className: "pill-button small" }, bilingual("translate.glossary.remove"));
  remove.dataset.term = term;
  remove.append(made("span", { className: "unseen", textContent: ` ${term}` }));
  const { source, target } = direction();
  return made("li", {}, made("span", { lang: source, dir: "auto", textContent: term }), made("span", { className: "becomes", ariaHidden: "true", textContent: "→" }), made("span", { lang: target, dir: "auto", textContent: translation }), remove);
};
const problem = (told) => (part("problem").innerHTML = told.problem ?? ""); /* made and escaped by the server */
const show = (told) => {
  problem(told);
  if (!told.terms) return false;
  list.replaceChildren(...told.terms.map(row));
  part("none").hidden = told.terms.length > 0;
  return true;
};
const call = async (name, values = {}) => {
  asking += 1;
  const asked = asking;
  const where = direction();
  try {
    const told = await server[name]({ visit: llamaDemo.visit(), ...where, ...values });
    return asked === asking ? show(told) : false;
  } catch {
    say("translate.status.unreachable");
    return false;
  }
};
const opened = () => element.checkVisibility();
let listed = "";
const refresh = () => {
  const where = direction();
  const key = where ? `${where.source}-${where.target}` : "";
  form.hidden = !where;
  list.hidden = !where;
  part("no-direction").hidden = Boolean(where);
  if (!where) part("none").hidden = true;
  if (!where || !opened() || listed === key) return;
  listed = key;
  const names = { source: llamaDemo.languageName(where.source), target: llamaDemo.languageName(where.target) };
  part("term-label").replaceChildren(bilingual("translate.glossary.term", names));
  part("translation-label").replaceChildren(bilingual("translate.glossary.translation", names));
  call("terms");
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form));
  if (!(await call("add_term", values))) return;
  form.reset();
  form.elements.term.focus();
  say("translate.status.term_added", { term: values.term });
  llamaDemo.translateAgain(values.term.trim());
});
list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-term]");
  if (!button) return;
  if (!(await call("remove_term", { term: button.dataset.term }))) return;
  (list.querySelector("button") ?? form.elements.term).focus();
  say("translate.status.term_removed", { term: button.dataset.term });
  llamaDemo.translateAgain(button.dataset.term);
});
document.addEventListener("llama-demo:direction", refresh);
new IntersectionObserver(refresh).observe(element);
refresh();
