// @ts-check
/* What is asked of the server: a translation, by button or when typing pauses, and that it ends. */
import { wipeAll } from "./highlights.js";

const PAUSE = 600; /* milliseconds */

/** @param {object} parts
 * @param {import("./pane.js").Pane} parts.pane @param {import("./result.js").Result} parts.result
 * @param {import("./direction_view.js").DirectionView} parts.directionView
 * @param {import("./sentence.js").SentenceView} parts.sentence
 * @param {import("./dictionary.js").Dictionary} parts.dictionary */
export const createRequests = ({ pane, result, directionView, sentence, dictionary }) => {
  const { part, area, api, direction, status } = pane;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pausing;
  let asked = ""; /* the text of the newest request */

  /** @param {"translate" | "compare"} act @param {boolean} typed */
  const send = (act, typed) => {
    pane.sent += 1;
    part("problem").hidden = false;
    const { source, target, model } = direction;
    /** @type {import("../types").TranslateRequest} */
    const request = { act, ask: pane.sent, typed, text: area.value, source, target, model };
    pane.trigger("select", request);
  };
  /** Have the text translated. @param {{ typed?: boolean }} [options] */
  const translate = ({ typed = false } = {}) => {
    clearTimeout(pausing);
    if (!area.value.trim() && typed) return clear();
    const again = area.value === asked;
    asked = area.value;
    part("long").hidden = true;
    send("translate", typed || again);
    if (area.value.trim()) status.say("translate.status.started");
    return undefined;
  };
  const stop = () => api.stop().catch(() => status.say("translate.status.unreachable"));
  /* What was shown of the former text. */
  const leave = () => {
    sentence.close(false);
    wipeAll();
  };
  /** The text has changed: have it translated when typing pauses. */
  const changed = () => {
    clearTimeout(pausing);
    result.showTyped();
    if (pane.run) {
      leave();
      if (!pane.run.end) {
        pane.sent += 1; /* what still comes of it is not shown */
        pane.run.end = "stopped";
        stop();
      }
      status.clear(); /* what was said of the former text */
      result.showState();
    }
    if (!area.value.trim()) return clear();
    if (pane.comesByItself()) pausing = setTimeout(translate, PAUSE, { typed: true });
    part("long").hidden = !pane.live || pane.comesByItself();
    return undefined;
  };
  /** Show nothing. */
  const clear = () => {
    clearTimeout(pausing);
    if (pane.run && !pane.run.end) stop();
    pane.sent += 1; /* what still comes is not shown */
    pane.run = null;
    direction.guess = null;
    asked = "";
    leave();
    dictionary.close();
    for (const name of ["compare", "long", "legend-look", "problem"]) part(name).hidden = true;
    pane.output.replaceChildren();
    result.showTyped();
    result.showState();
    directionView.show();
    status.clear();
  };
  return {
    translate,
    compare: () => send("compare", false),
    stop,
    changed,
    clear,
    /** An input method begins to put a word together. */
    hold: () => clearTimeout(pausing),
  };
};

/** @typedef {ReturnType<typeof createRequests>} Requests */
