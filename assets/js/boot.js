/* Runs before anything of the page is drawn, hides what is not at rest yet (lib/settle.js), and settles the language,
 * for Gradio and for the style sheet: the `lang` of the page is it. Gradio asks navigator.language and knows zh-CN and
 * zh-TW only; a browser that says zh, zh-HK or zh-Hans-CN would get English. */
(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const codes = Object.keys(settings.languages);
  /* The subtag as the server knows it: cmn is zh. */
  const subtagOf = (tag) => {
    try {
      return new Intl.Locale(tag).language;
    } catch {
      return "";
    }
  };
  const known = (tag) => codes.find((code) => settings.languages[code].codes.includes(subtagOf(tag)));
  const preferred = () => (navigator.languages ?? [navigator.language]).map(known).find(Boolean) ?? codes[0];
  let chosen = null;
  try {
    chosen = window.localStorage.getItem("llama_demo.language");
  } catch {
    /* storage is blocked */
  }
  const preset = settings.language === "auto" ? preferred() : settings.language;
  const language = codes.includes(chosen) ? chosen : preset;
  document.documentElement.lang = settings.languages[language].tag;
  document.documentElement.classList.add("settling", "unstyled");
  Object.defineProperty(navigator, "language", { get: () => document.documentElement.lang, configurable: true });
})();

/* While the page loads, Gradio counts the seconds in every frame, and never ends: a twentieth of a processor for as long
 * as the page is open. What its status tracker asks for by then is dropped when the page has come to rest. */
(() => {
  const draw = window.requestAnimationFrame.bind(window);
  const loads = () => document.documentElement.classList.contains("settling");
  let counting = false;
  window.requestAnimationFrame = (callback) => {
    if (!counting && !(loads() && new Error().stack.includes("statustracker"))) return draw(callback);
    return draw((time) => {
      if (!loads()) return;
      counting = true;
      try {
        callback(time);
      } finally {
        counting = false;
      }
    });
  };
})();
