// @ts-check
/* A translation as the server tells of it, line by line; see ui/translate/stream.py. */

/** @typedef {import("../types").TranslationBeginLine} BeginLine */
/** @typedef {import("../types").TranslationUpdateLine} UpdateLine */
/** @typedef {import("../types").SentencePairItem & { start: number, replaced?: boolean, looks?: Promise<import("../types").AlignmentResponse> }} Pair */
/** @typedef {[number, number, number, number, number]} Link start and end of a word of the source, start and end
 *   of a word of the translation, and the weight of what the model looked at */

/** @typedef {object} Run
 * @property {number} ask number of the request; 0 for a run of the history
 * @property {string} side `greedy` or `beam` of a comparison; else empty
 * @property {string} text @property {string} source @property {string} target @property {string} model
 * @property {Pair[]} pairs
 * @property {number} at where the last sentence ends in the source
 * @property {number} done @property {number} total sentences
 * @property {string} tail what follows the last sentence
 * @property {string} [end] why it ended @property {number} [seconds]
 * @property {[string, number, string]} [guess] @property {[string, string, string, string]} [route]
 * @property {string} [note] @property {string} [looks] @property {string} [warning] @property {string} [reopened]
 * @property {number} begunAt @property {number} toldAt @property {number} drawn @property {number} drawnAt
 * @property {boolean} fresh whether nothing of it has been drawn
 * @property {boolean} complete whether all of it has been drawn
 * @property {ReturnType<typeof setTimeout>} [timer] of its next drawing */

export const TELL_EVERY = 5_000; /* milliseconds between two announcements */
const FIRST_TOLD = 1_500;

/** @param {BeginLine} line @param {number} now milliseconds @returns {Run} */
export const createRun = ({ ask, side }, now) => ({
  ask,
  side,
  text: "",
  source: "",
  target: "",
  model: "",
  pairs: [],
  at: 0,
  done: 0,
  total: 0,
  tail: "",
  begunAt: now,
  toldAt: now - TELL_EVERY + FIRST_TOLD,
  drawn: 0,
  drawnAt: -Infinity,
  fresh: true,
  complete: false,
});

/** Add what a line tells.
 * @param {Run} run @param {any} line any but the first */
export const addLine = (run, line) => {
  const { pairs = [], progress, ...rest } = line;
  for (const pair of pairs) {
    pair.start = run.at + pair.skip;
    run.at = pair.start + pair.length;
    run.pairs.push(pair);
  }
  if (progress) [run.done, run.total] = progress;
  Object.assign(run, rest);
};

/** The sentence at a place of the source, of those that are drawn; null between sentences.
 * @param {Run} run @param {number} unit */
export const sentenceAt = (run, unit) => {
  let [low, high] = [0, run.drawn - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const pair = run.pairs[middle];
    if (unit < pair.start) high = middle - 1;
    else if (unit > pair.start + pair.length) low = middle + 1;
    else return middle;
  }
  return null;
};

/** A sentence of the source. @param {Run} run @param {Pair} pair */
export const sourceOf = (run, pair) => run.text.slice(pair.start, pair.start + pair.length);

/** The whole translation. @param {Run} run */
export const translationOf = (run) => run.pairs.map((pair) => pair.lead + pair.text).join("") + run.tail;

/** How sure the model was of all, 0 to 1; null if nothing was translated. @param {Run} run */
export const sureness = (run) => {
  const scores = run.pairs.flatMap((pair) => pair.score ?? []);
  return scores.length ? Math.exp(scores.reduce((sum, score) => sum + score, 0) / scores.length) : null;
};

/** Seconds that are left, as far as can be told. @param {Run} run @param {number} now */
export const secondsLeft = (run, now) => Math.ceil((((now - run.begunAt) / Math.max(1, run.done)) * (run.total - run.done)) / 1000);

/** How far a comparison has come.
 * @param {Record<string, Run | null>} runs by side
 * @returns {{ over: boolean, failed: boolean }} a failed side is the last one */
export const comparisonState = ({ greedy, beam }) => {
  const failed = [greedy, beam].some((run) => run?.end === "failed");
  return { failed, over: failed || Boolean(greedy?.end && beam?.end) };
};
