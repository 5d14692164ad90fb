/* The page's own words, in every language at once: the style sheet shows one by the lang of the page. They
 * come as one string, since Gradio copies every property, however deep, at each update of its component. */
const TEXTS = JSON.parse(props.texts);
/* A model as its folder is called; and as a sentence names it, where a bundled one has a plain name. */
const technical = (language, name) => TEXTS[language]["models.own"].replace("{name}", () => name);
const modelNamed = (language, name) => TEXTS[language][`model.${name}`] ?? technical(language, name);
const filled = (language, key, values) =>
  TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name] ?? "";
    if (typeof value === "function") return value(language);
    return name === "model" ? modelNamed(language, value) : String(value);
  });
const bilingual = (key, values = {}) => {
  const both = document.createDocumentFragment();
  for (const language of Object.keys(TEXTS)) {
    both.append(made("span", { className: "word", lang: language, textContent: filled(language, key, values) }));
  }
  return both;
};
/* For attributes, which hold one language: the one that is read now. */
const plain = (key, values = {}) => filled(llamaDemo.language === "zh" ? "zh-CN" : "en", key, values);
const made = (tag, properties = {}, ...children) => {
  const one = Object.assign(document.createElement(tag), properties);
  one.append(...children);
  return one;
};
const button = (act, key, properties = {}) => {
  const one = made("button", { type: "button", className: "pill-button small", ...properties }, bilingual(key));
  one.dataset.act = act;
  return one;
};
const part = (name) => element.querySelector(`[data-part="${name}"]`);
const say = (key, values) =>
  document.querySelector(`${props.status ?? "#status"} [role=status]`)?.replaceChildren(bilingual(key, values));
const silence = () => document.querySelector(`${props.status ?? "#status"} [role=status]`)?.replaceChildren();

/* A share, and a probability, as people read them. */
const percentOf = (share) => `${Math.round(100 * share)}%`;
const percent = (logprob) => {
  const share = 100 * Math.exp(logprob);
  if (share < 0.1) return "<0.1%";
  return share < 9.95 ? `${share.toFixed(1)}%` : `${Math.min(99.9, share) > 99.4 ? share.toFixed(1) : Math.round(share)}%`;
};
const levelOf = (logprob) => props.levels.find(([, from]) => Math.exp(logprob) >= from)[0];
/* Blanks and line breaks by themselves cannot be seen. */
const visible = (text) => text.replace(/\n/g, "↵").replace(/^ (?=\S)/, "").replace(/^\s+$/, "␣") || "␣";
