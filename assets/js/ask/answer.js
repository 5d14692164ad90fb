// @ts-check
/* An answer: what it says, how sure it is, and what can be done with it. */
import { pillButton } from "../lib/button.js";
import { create } from "../lib/dom.js";
import { percentOf } from "../lib/figures.js";
import { bilingual, format, hasText } from "../lib/i18n.js";
import { drawEvidence, drawRead, isWritten } from "./evidence.js";
import { richNode } from "../lib/rich_text.js";
import { answersTo, find, versionsOf } from "./tree.js";

/** @typedef {import("./tree.js").Answer} Answer */
/** @typedef {import("./tree.js").Message} Message */

/** @typedef {object} AnswerContext what an answer is drawn with
 * @property {import("./tree.js").Tree} tree
 * @property {string | undefined} kind of the conversation: `library`, `text` or `chat`
 * @property {boolean} instructed whether the writer follows instructions
 * @property {boolean} writesFreely whether the writer can answer without a passage
 * @property {boolean} canMark whether there is a reader */

/** @type {[number, string][]} */
const SURENESS = [[0.7, "sure"], [0.55, "fairly"], [0, "unsure"]];
const LONG_SPAN = 90; /* characters; longer ones are set as running text */
/** Texts for an answer that did not come to its end, by its status. @type {Record<string, string>} */
export const ENDS = { stopped: "ask.end.stopped", interrupted: "ask.end.interrupted", failed: "ask.end.failed" };

/** @param {Answer} answer */
export const isRunning = (answer) => answer.status === "running";

/** Key of the sentence that there is no answer. @param {string | undefined} kind of the conversation */
export const noAnswerKey = (kind) => (kind === "text" ? "ask.none.text" : "ask.none");

/** Whether a written answer stops before its end. @param {Answer} answer */
const isCutOff = (answer) =>
  isWritten(answer) &&
  ((answer.status === "done" && answer.tokens.finish_reason === "length") || ["stopped", "interrupted"].includes(answer.status));

/** Whether a question was completed from what was said before it.
 * @param {Answer} answer @param {AnswerContext} context */
const isCompleted = (answer, { tree }) => {
  const question = find(tree, answer.parent);
  return Boolean(answer.standalone) && answer.standalone !== (question?.role === "user" ? question.content : undefined);
};

/** @param {string} key @param {import("../lib/i18n.js").Values} [values] @param {string} [className] */
const note = (key, values, className = "note") => create("p", { className }, bilingual(key, values));

/** @param {Answer} answer @param {AnswerContext} context */
const byline = (answer, { kind }) => {
  const grounded = answer.variant.grounded && kind !== "chat";
  const key = !isWritten(answer) ? "ask.by.marked" : grounded ? "ask.by.passages" : kind === "chat" ? "ask.by.chat" : "ask.by.alone";
  return note(key, { model: answer.model }, "note byline");
};

/** @param {Answer} answer @returns {Node[]} */
const sureness = (answer) => {
  const share = answer.confidence;
  if (share === null || !answer.answerable) return [];
  const filling = create("span", { className: "score-fill meaning" });
  filling.style.width = percentOf(share);
  const name = SURENESS.find(([from]) => share >= from)?.[1] ?? "unsure";
  const bar = create("span", { className: "score-bar", ariaHidden: "true" }, filling);
  const sentence = bilingual(`${answer.calibrated ? "ask.sure" : "ask.felt"}.${name}`, { percent: percentOf(share) });
  return [create("p", { className: `sureness ${name}` }, bar, create("span", {}, sentence))];
};

/** @param {Answer} answer */
const waiting = (answer) =>
  note(answer.waiting ? "ask.waiting" : isWritten(answer) ? "ask.reading" : "ask.looking", { count: answer.waiting }, "note waiting");

/** @param {Answer} answer @param {AnswerContext} context */
const noAnswer = (answer, { kind }) => {
  const box = create("div", { className: "no-answer" }, create("p", {}, bilingual(noAnswerKey(kind))));
  box.append(note(answer.across ? "ask.none.across" : "ask.none.advice"));
  if (answer.calibrated) box.append(note("ask.none.sure", { percent: percentOf(answer.confidence ?? 0) }));
  return box;
};

/** The text of an answer, or what stands in its place.
 * @param {Answer} answer @param {AnswerContext} context */
export const drawText = (answer, context) => {
  const text = create("div", { className: "answer-text", dir: "auto" });
  if (answer.status === "failed" && !answer.text) text.append(note("ask.failed"));
  else if (!answer.text && isRunning(answer)) text.append(waiting(answer));
  else if (!answer.answerable || (!answer.text && !isWritten(answer))) text.append(noAnswer(answer, context));
  else if (!answer.text) text.append(note("ask.silent"));
  else if (answer.blocks) text.append(...answer.blocks.map(richNode));
  else text.append(create("p", { className: answer.text.length > LONG_SPAN ? "span-long" : "span", textContent: answer.text }));
  if (answer.blocks && isRunning(answer)) text.append(create("span", { className: "caret", ariaHidden: "true" }));
  return text;
};

/** @param {Answer} answer */
const abilitiesOf = (answer) => (/** @type {string} */ tag) =>
  answer.limits
    .map((name) => (hasText(`ability.${name}`) ? format(tag, `ability.${name}`) : name))
    .join(format(tag, "list.and"));

/** @param {Answer} answer @param {AnswerContext} context @returns {Node[]} */
const remarks = (answer, context) => {
  const notes = [];
  if (isCompleted(answer, context)) notes.push(note("ask.understood", { question: answer.standalone }));
  if (isWritten(answer) && answer.limits.length) {
    notes.push(note("ask.limits", { model: answer.model, abilities: abilitiesOf(answer) }, "note plain-words"));
  }
  if (answer.unsupported && !isRunning(answer)) notes.push(note("ask.unsupported.some"));
  if (answer.text && ENDS[answer.status]) notes.push(note(ENDS[answer.status]));
  else if (isCutOff(answer)) notes.push(note("ask.end.length"));
  if (answer.warning) notes.push(create("div", { innerHTML: answer.warning })); /* made and escaped by the server */
  return notes;
};

/** ‹ 1/3 ›, for a question or an answer that has several versions.
 * @param {Message} message @param {import("./tree.js").Tree} tree @returns {Node[]} */
export const drawVersions = (message, tree) => {
  const versions = versionsOf(tree, message);
  if (versions.length < 2) return [];
  const place = versions.indexOf(message);
  /** @param {string} act @param {string} sign @param {string} key @param {boolean} able */
  const step = (act, sign, key, able) => {
    const arrow = create(
      "button",
      { type: "button", className: "pill-button small step", ariaDisabled: String(!able) },
      create("span", { ariaHidden: "true", textContent: sign }),
      create("span", { className: "unseen" }, bilingual(key)),
    );
    Object.assign(arrow.dataset, { act, message: message.id });
    return arrow;
  };
  const position = create(
    "span",
    { className: "note version-place" },
    create("span", { ariaHidden: "true", textContent: `${place + 1}/${versions.length}` }),
    create("span", { className: "unseen" }, bilingual("ask.version", { place: place + 1, count: versions.length })),
  );
  const earlier = step("earlier", "‹", "ask.version.earlier", place > 0);
  const later = step("later", "›", "ask.version.later", place < versions.length - 1);
  return [create("span", { className: "versions" }, earlier, position, later)];
};

/** @param {Answer} answer @param {AnswerContext} context */
const drawActions = (answer, { tree, kind, instructed, writesFreely, canMark }) => {
  const row = create("div", { className: "answer-acts" }, ...drawVersions(answer, tree));
  if (isRunning(answer)) return row;
  const about = kind !== "chat";
  const others = answersTo(tree, answer.parent);
  if (answer.text) row.append(pillButton("copy", "ask.copy"));
  if (isWritten(answer) || answer.status !== "done") row.append(pillButton("again", "ask.again"));
  if (isCutOff(answer) && answer.text) row.append(pillButton("go-on", "ask.continue"));
  if (about && writesFreely && answer.variant.grounded && others.every((one) => one.variant.grounded)) row.append(pillButton("without", "ask.without"));
  if (about && instructed && !isWritten(answer) && !others.some((one) => isWritten(one) && one.variant.grounded)) {
    row.append(pillButton("write", "ask.write"));
  }
  if (about && canMark && isWritten(answer) && others.every(isWritten)) row.append(pillButton("mark", "ask.mark"));
  row.append(pillButton("branch", "ask.branch"));
  if (answer.text && globalThis.speechSynthesis) row.append(pillButton("listen", "ask.listen", { hidden: true, ariaPressed: "false" }));
  return row;
};

/** @param {Answer} answer @param {AnswerContext} context */
export const drawAnswer = (answer, context) => {
  const main = create(
    "div",
    { className: "answer-main" },
    byline(answer, context),
    drawText(answer, context),
    ...sureness(answer),
    ...remarks(answer, context),
    drawActions(answer, context),
  );
  const evidence = create("div", { className: "answer-evidence" }, ...drawEvidence(answer));
  const read = isRunning(answer) ? [] : drawRead(answer, isCompleted(answer, context));
  const article = create("article", { className: "answer" }, main, evidence, ...read);
  article.dataset.answer = answer.id;
  article.classList.toggle("bare", !answer.evidence.length);
  article.setAttribute("aria-busy", String(isRunning(answer)));
  return article;
};
