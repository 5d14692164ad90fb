/* Reads what the server sends as it grows: lines of JSON, the first of which names the run. */
const read = new Map(); /* of each run, how much has been read and what it is */
const TELL_EVERY = 5_000; /* milliseconds between two announcements */
const FIRST_TOLD = 1_500;

const begun = (line) => ({ ask: line.ask, side: line.side, pairs: [], drawn: 0, drawnAt: -DRAWN_EVERY, fresh: true, done: 0, total: 0, tail: "", at: 0, begunAt: performance.now(), toldAt: performance.now() - TELL_EVERY + FIRST_TOLD });
const kinds = {
  text: (one, line) => Object.assign(one, line),
  guess: (one, line) => (one.guess = line.guess),
  route: (one, line) => (one.route = line.route),
  pairs: (one, line) => {
    for (const pair of line.pairs) {
      pair.start = one.at + (pair.skip ?? 0);
      one.at = pair.start + pair.length;
      one.pairs.push(pair);
    }
  },
  progress: (one, line) => ([one.done, one.total] = line.progress),
  note: (one, line) => (one.note = line.note),
  looks: (one, line) => (one.looks = line.looks),
  run: (one, line) => (one.id = line.run),
  warning: (one, line) => (one.warning = line.warning),
  reopened: (one, line) => (one.reopened = line.reopened),
  tail: (one, line) => Object.assign(one, line),
};
/* A run of the history brings its text and its languages along. */
const reopen = (one) => {
  sent += 1;
  one.ask = sent;
  area.value = one.text;
  for (const name of ["long", "problem"]) part(name).hidden = true;
  chosen.byHand = true;
  chosen.model = one.model;
  setDirection(one.source, one.target);
};
const take = (one) => {
  if (one.side) return addCompared(one);
  if (!one.ask) reopen(one);
  if (one.ask < sent) return undefined; /* a later one is on its way */
  show(one);
  guess = one.guess ?? guess;
  showDirection();
  if (one.note === "same_language" && one.end && !chosen.byHand && likely(known()) !== chosen.target) {
    setDirection(chosen.source, likely(known()));
    return ask({ typed: true });
  }
  draw();
  return tell(one);
};
/* This run, and no other, from now on. */
const show = (one) => {
  if (run === one) return;
  closeSentence(false);
  closeWord();
  point(null);
  wipe("translate-term");
  run = one;
  showTyped();
};
const tell = (one) => {
  part("translate-warning").innerHTML = one.warning ?? ""; /* escaped by the server */
  if (one.end) return tellEnd(one);
  if (performance.now() - one.toldAt < TELL_EVERY || !one.total) return undefined;
  one.toldAt = performance.now();
  const left = Math.ceil(((performance.now() - one.begunAt) / Math.max(1, one.done)) * (one.total - one.done) / 1000);
  return say("translate.status.progress", { done: one.done, total: one.total, left });
};
const tellEnd = (one) => {
  if (one.reopened) return say(`status.reopened.${one.reopened}`);
  if (one.note) return say(`translate.status.${one.note}`, { language: nameOf(one.looks ?? one.target), source: nameOf(one.source) });
  if (one.end === "failed") return one.pairs.length ? say("translate.status.failed") : silence(); /* told below */
  if (one.end === "stopped") return say("translate.status.stopped", { done: one.done, total: one.total });
  return say(one.total === 1 ? "translate.status.done.one" : "translate.status.done", { total: one.total });
};
const follow = () => {
  const whole = props.value || "";
  if (!whole) return;
  const first = whole.slice(0, whole.indexOf("\n"));
  const state_ = read.get(first) ?? { to: 0, one: null };
  read.set(first, state_);
  if (read.size > 20) read.delete(read.keys().next().value);
  const to = whole.lastIndexOf("\n") + 1;
  const touched = new Set();
  for (const text of whole.slice(state_.to, to).split("\n")) {
    if (!text) continue;
    const line = JSON.parse(text);
    if ("begin" in line) state_.one = begun(line);
    else kinds[Object.keys(line)[0]](state_.one, line);
    touched.add(state_.one);
  }
  state_.to = to;
  for (const one of touched) take(one);
};
