/* Dictation and reading aloud, by the browser; where it cannot, there is no button. */
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
let listening = null;
let speaking = null;

const speechLanguage = (text) => (/\p{Script=Han}/u.test(text) ? "zh" : "en");
const showVoices = () => {
  for (const one of log.querySelectorAll("[data-act=listen]")) {
    const { answer } = one.closest("[data-answer]").dataset;
    one.hidden = !voiceFor(speechLanguage(find(answer)?.text ?? ""));
    one.setAttribute("aria-pressed", String(speaking === answer));
  }
};
const hush = () => {
  speaking = null;
  speech.cancel();
  showVoices();
};
const listen = (answer) => {
  const stop = speaking === answer.id;
  hush();
  if (stop) return;
  const voice = voiceFor(speechLanguage(answer.text));
  const utterance = Object.assign(new SpeechSynthesisUtterance(answer.text), { voice, lang: voice.lang });
  utterance.onend = () => {
    if (speaking === answer.id) hush();
  };
  utterance.onerror = utterance.onend;
  speaking = answer.id;
  speech.speak(utterance);
  showVoices();
};
speech?.addEventListener?.("voiceschanged", () => showVoices());

/* The browser may send what it hears to its maker; that is said beside the button before anything is heard. */
const dictation = part("dictate");
const showDictation = (on) => {
  dictation.setAttribute("aria-pressed", String(on));
  part("dictate-note").hidden = !on;
};
const dictate = () => {
  if (listening) return listening.stop();
  const box = part("question");
  const before = box.value;
  listening = new Recognition();
  Object.assign(listening, { lang: llamaDemo.language === "zh" ? "zh-CN" : "en-US", interimResults: true });
  listening.onresult = (event) => {
    const heard = [...event.results].map((one) => one[0].transcript).join("");
    box.value = before && !/\s$/.test(before) ? `${before} ${heard}` : before + heard;
    box.dispatchEvent(new Event("input"));
  };
  listening.onerror = (event) => say(event.error === "not-allowed" ? "ask.dictate.refused" : "ask.dictate.failed");
  listening.onend = () => {
    listening = null;
    showDictation(false);
    box.focus();
  };
  listening.start();
  showDictation(true);
  say("ask.dictate.on");
  return undefined;
};
dictation.hidden = !Recognition;
