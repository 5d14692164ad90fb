/* Read aloud, by the voices of the browser; there is no button for a language without one. */
const speech = globalThis.speechSynthesis;
let speaking = null;

const voiceFor = (language) => {
  const voices = speech?.getVoices() ?? [];
  const of = voices.filter((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === language);
  return of.find((voice) => voice.localService) ?? of[0];
};
const languageOf = { source: () => from(), target: () => run?.target ?? chosen.target };
const textOf = { source: () => area.value, target: translation };
const showVoices = () => {
  for (const button of element.querySelectorAll("[data-listen]")) {
    const side = button.dataset.listen;
    button.hidden = !voiceFor(languageOf[side]()) || !textOf[side]().trim();
    button.setAttribute("aria-pressed", String(speaking === side));
  }
};
const hush = () => {
  speaking = null;
  speech.cancel();
  showVoices();
};
const listen = (side) => {
  if (speaking === side) return hush();
  hush();
  const voice = voiceFor(languageOf[side]());
  const utterance = Object.assign(new SpeechSynthesisUtterance(textOf[side]()), { voice, lang: voice.lang });
  utterance.onend = () => {
    if (speaking === side) hush();
  };
  utterance.onerror = utterance.onend;
  speaking = side;
  speech.speak(utterance);
  return showVoices();
};
speech?.addEventListener?.("voiceschanged", showVoices);
