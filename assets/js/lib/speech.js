// @ts-check
/* Reading aloud by the voices of the browser; without a voice for a language there is no button for it. */

const synthesis = globalThis.speechSynthesis;

/** @param {string} language ISO 639-1 @returns {SpeechSynthesisVoice | undefined} */
export const voiceFor = (language) => {
  const voices = synthesis?.getVoices() ?? [];
  const able = voices.filter((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === language);
  return able.find((voice) => voice.localService) ?? able[0];
};

/** Reads one text at a time.
 * @param {() => void} changed called when reading begins or ends, and when voices come or go */
export const createSpeaker = (changed) => {
  /** @type {unknown} */
  let speaking = null;
  const stop = () => {
    speaking = null;
    synthesis?.cancel();
    changed();
  };
  synthesis?.addEventListener?.("voiceschanged", changed);
  return {
    /** What is being read. */
    get speaking() {
      return speaking;
    },
    stop,
    /** Read a text; once more for what is being read stops it.
     * @param {unknown} id @param {string} text @param {string} language */
    toggle(id, text, language) {
      const again = speaking === id;
      stop();
      const voice = voiceFor(language);
      if (again || !voice) return;
      const utterance = Object.assign(new SpeechSynthesisUtterance(text), { voice, lang: voice.lang });
      utterance.onend = () => {
        if (speaking === id) stop();
      };
      utterance.onerror = utterance.onend;
      speaking = id;
      synthesis.speak(utterance);
      changed();
    },
  };
};
