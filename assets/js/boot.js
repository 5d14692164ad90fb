/* Runs before anything of the page is drawn and settles its language, for Gradio and for the style sheet: the `lang` of
 * the page is it. Gradio asks navigator.language and knows zh-CN and zh-TW only; a browser that says zh, zh-HK or
 * zh-Hans-CN would get English. */
(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const known = (tag) => (/^(zh|cmn|yue)\b/i.test(tag) ? "zh" : /^en\b/i.test(tag) ? "en" : "");
  const preferred = () => (navigator.languages ?? [navigator.language]).map(known).find(Boolean) ?? "en";
  let chosen = null;
  try {
    chosen = window.localStorage.getItem("llama_demo.language");
  } catch {
    /* storage is blocked */
  }
  const preset = settings.language === "auto" ? preferred() : settings.language;
  const language = chosen === "zh" || chosen === "en" ? chosen : preset;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => document.documentElement.lang, configurable: true });
})();
