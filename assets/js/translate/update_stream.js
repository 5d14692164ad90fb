// @ts-check
/* The stream of updates that the server sends, and what each changes on the page. */
import { GrowingStream } from "../lib/stream.js";
import { doubtsIn } from "./doubts.js";
import { addLine, createRun, secondsLeft, TELL_EVERY } from "./run.js";

/** @typedef {import("./run.js").Run} Run */

/** @param {object} parts
 * @param {import("./pane.js").Pane} parts.pane @param {import("./result.js").Result} parts.result
 * @param {import("./direction_view.js").DirectionView} parts.directionView
 * @param {import("./comparison.js").Comparison} parts.comparison
 * @param {import("./requests.js").Requests} parts.requests
 * @param {(run: Run) => void} parts.use makes a run the one that is shown */
export const createUpdateStream = ({ pane, result, directionView, comparison, requests, use }) => {
  const { part, area, direction, status } = pane;
  const stream = new GrowingStream();

  /* A run of the history brings its text and its languages along. */
  /** @param {Run} run */
  const reopen = (run) => {
    pane.sent += 1;
    run.ask = pane.sent;
    area.value = run.text;
    for (const name of ["long", "problem"]) part(name).hidden = true;
    direction.chosen = true;
    direction.model = run.model;
    directionView.set(run.source, run.target);
  };

  /** @param {Run} run */
  const tellEnd = (run) => {
    if (run.reopened) return status.say(`status.reopened.${run.reopened}`);
    if (run.note) {
      const values = { language: direction.nameOf(run.looks ?? run.target), source: direction.nameOf(run.source) };
      return status.say(`translate.status.${run.note}`, values);
    }
    if (run.end === "failed") return run.pairs.length ? status.say("translate.status.failed") : status.clear(); /* told below */
    if (run.end === "stopped") return status.say("translate.status.stopped", { done: run.done, total: run.total });
    const doubts = [...new Set(run.pairs.flatMap((pair) => pair.doubts))];
    const key = `translate.status.done${run.total === 1 ? ".one" : ""}${doubts.length ? ".doubtful" : ""}`;
    return status.say(key, { total: run.total, doubts: doubtsIn(doubts) });
  };
  /** @param {Run} run */
  const tell = (run) => {
    part("translate-warning").innerHTML = run.warning ?? ""; /* escaped by the server */
    if (run.end) return tellEnd(run);
    const now = performance.now();
    if (now - run.toldAt < TELL_EVERY || !run.total) return undefined;
    run.toldAt = now;
    return status.say("translate.status.progress", { done: run.done, total: run.total, left: secondsLeft(run, now) });
  };

  /* Whoever did not choose the target gets another one for a text that is in its language. */
  /** @param {Run} run */
  const isMisdirected = (run) =>
    run.note === "same_language" && run.end && !direction.chosen && direction.likely(direction.guess?.[0] ?? "") !== direction.target;
  /** @param {Run} run */
  const show = (run) => {
    if (run.side) return comparison.show(run);
    if (!run.ask) reopen(run);
    if (run.ask < pane.sent) return undefined; /* a later one is on its way */
    use(run);
    direction.guess = run.guess ?? direction.guess;
    directionView.show();
    if (isMisdirected(run)) {
      directionView.set(direction.source, direction.likely(direction.guess?.[0] ?? ""));
      return requests.translate({ typed: true });
    }
    result.draw();
    return tell(run);
  };

  /** @param {string} value of the component, as far as it has come */
  return (value) => {
    const read = stream.read(value);
    if (!read) return;
    /* A comparison is two runs in one stream: the one that is told of now is kept from one reading to the next. */
    const touched = new Set();
    for (const line of read.values) {
      if ("begin" in line) read.run.state = createRun(line, performance.now());
      else addLine(read.run.state, line);
      touched.add(read.run.state);
    }
    for (const run of touched) show(run);
  };
};
