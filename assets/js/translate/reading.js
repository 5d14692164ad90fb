/* Read aloud, by the voices of the browser; there is no button for a language without one. */
let speaking = null;

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
