/* The voices of the browser, if it has any. */
const speech = globalThis.speechSynthesis;

const voiceFor = (language) => {
  const voices = speech?.getVoices() ?? [];
  const of = voices.filter((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === language);
  return of.find((voice) => voice.localService) ?? of[0];
};
