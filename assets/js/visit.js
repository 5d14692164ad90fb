/* Runs before anything of the page is drawn: which language to show, and which secret names this visitor.
 *
 * Gradio asks navigator.language for its texts and knows zh-CN and zh-TW only; a browser that says zh, zh-HK
 * or zh-Hans-CN would get English. So the answer is settled here once, for Gradio and for the style sheet
 * (by the lang of the page).
 *
 * Storage can be blocked, in a frame of another site for one: then the choice and the secret live as long
 * as the page. No cookie is set. */
(() => {
  const settings = /*settings*/ { language: "auto", public: false, texts: {} };
  const memory = {};

  const read = (key, storage = "localStorage") => {
    try {
      return window[storage].getItem(key) ?? memory[key];
    } catch {
      return memory[key];
    }
  };
  const write = (key, value, storage = "localStorage") => {
    memory[key] = value;
    try {
      window[storage].setItem(key, value);
    } catch {
      /* kept in memory above */
    }
  };

  const known = (tag) => {
    if (/^(zh|cmn|yue)\b/i.test(tag)) return "zh";
    return /^en\b/i.test(tag) ? "en" : undefined;
  };
  const ofBrowser = () => {
    for (const tag of navigator.languages ?? [navigator.language]) {
      if (known(tag)) return known(tag);
    }
    return "en";
  };
  const preset = settings.language === "auto" ? ofBrowser() : settings.language;
  const chosen = read("llama_demo.language");
  let language = chosen === "zh" || chosen === "en" ? chosen : preset;

  const tag = () => (language === "zh" ? "zh-CN" : "en");
  const show = () => document.documentElement.setAttribute("lang", tag());
  Object.defineProperty(navigator, "language", { get: tag, configurable: true });
  show();

  const random = () => {
    const bytes = window.crypto.getRandomValues(new Uint8Array(32));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  /* A public host keeps nothing unless it is asked to; only then is there a secret to find it by. */
  const secret = () => (settings.public ? read("llama_demo.visitor") ?? "" : "");
  const page = random();
  let turn = 0;

  window.llamaDemo = {
    get language() {
      return language;
    },
    /* A text of the catalogues; only those under "browser." are here. */
    text: (key) => settings.texts[language][key],
    choose(next) {
      language = next;
      write("llama_demo.language", next);
      show();
    },
    /* Whether what is written stays out of the history: as the place has it, or as the visitor chose in this
     * tab of the browser, which remembers the choice, and nothing else, until it is closed. */
    get temporary() {
      const mode = read("llama_demo.temporary", "sessionStorage");
      return mode === undefined ? settings.public : mode === "on";
    },
    set temporary(on) {
      write("llama_demo.temporary", on ? "on" : "off", "sessionStorage");
    },
    remember() {
      if (settings.public && !secret()) write("llama_demo.visitor", random());
    },
    /* What goes with every call: who asks, in which language, from which page, as which of its calls, at what
     * time of day. */
    visit: () => ({
      secret: secret(),
      language,
      page,
      turn: (turn += 1),
      temporary: llamaDemo.temporary,
      minutes_from_utc: -new Date().getTimezoneOffset(),
    }),
    /* Bring a part of the page into view if its top is not; at once, for those who want no motion too. */
    show(selector) {
      const part = document.querySelector(selector);
      const top = part?.getBoundingClientRect().top ?? 0;
      if (top < 0 || top > window.innerHeight * 0.8) part.scrollIntoView({ block: "center" });
    },
    /* Put a text into a box, as if it had been typed. */
    fill(selector, text) {
      const area = document.querySelector(`${selector} textarea`);
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    /* A text into the clipboard. */
    async copyText(text) {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        /* Without https, or in a frame that may not: the old way. */
        const area = Object.assign(document.createElement("textarea"), { value: text });
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
    },
    /* The text as it is seen, into the clipboard; false if there is none. */
    async copy(selector) {
      const text = document.querySelector(selector)?.innerText;
      if (!text) return false;
      await llamaDemo.copyText(text);
      return true;
    },
    /* A blob as a file, under its name, among the downloads. */
    save(name, blob) {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    },
  };
})();
