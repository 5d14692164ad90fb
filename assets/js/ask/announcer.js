// @ts-check
/* Tells by the status line how an answer goes on: now and then, not token by token, and once how it ended. */
import { ENDS, isRunning, noAnswerKey } from "./answer.js";
import { isWritten } from "./evidence.js";

/** @typedef {import("./tree.js").Answer} Answer */

const PAUSE = 5_000; /* milliseconds between two announcements */

/** @param {ReturnType<typeof import("../lib/status.js").statusLine>} status */
export const createAnnouncer = (status) => {
  /** @type {Set<string>} */
  const ended = new Set();
  let last = 0;

  /** @param {Answer} answer */
  const announceProgress = (answer) => {
    if (performance.now() - last < PAUSE) return;
    last = performance.now();
    if (answer.waiting) status.say("ask.waiting", { count: answer.waiting });
    else if (!answer.text) status.say(isWritten(answer) ? "ask.reading" : "ask.looking");
    else status.say("ask.status.writing", { tokens: answer.tokens.tokens ?? "" });
  };
  /** @param {Answer} answer @param {string | undefined} kind of the conversation */
  const announceEnd = (answer, kind) => {
    if (ended.has(answer.id)) return;
    ended.add(answer.id);
    if (ENDS[answer.status]) status.say(ENDS[answer.status]);
    else if (!answer.answerable) status.say(noAnswerKey(kind));
    else if (!isWritten(answer)) status.say("ask.status.marked", { answer: answer.text });
    else status.say("ask.status.written", { passages: answer.evidence.length });
  };

  return {
    /** A request was sent, and told. */
    begin() {
      last = performance.now();
    },
    /** @param {Answer} answer @param {string | undefined} kind of the conversation */
    announce(answer, kind) {
      if (isRunning(answer)) announceProgress(answer);
      else announceEnd(answer, kind);
    },
  };
};
