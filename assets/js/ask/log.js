// @ts-check
/* The conversation from top to bottom: each question with its answers. What is drawn anew keeps the focus. */
import { pillButton } from "../lib/button.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { createSpeaker, voiceFor } from "../lib/speech.js";
import { drawAnswer, drawText, drawVersions, isRunning } from "./answer.js";
import { exchanges, find } from "./tree.js";

/** @typedef {import("./tree.js").Answer} Answer */
/** @typedef {import("./tree.js").Exchange} Exchange */
/** @typedef {import("./tree.js").Question} Question */

/** @param {string} said */
const languageOf = (said) => (/\p{Script=Han}/u.test(said) ? "zh" : "en");

/** @param {Question} question */
const editor = (question) => {
  const area = create("textarea", { value: question.content, rows: 2, dir: "auto", ariaLabel: text("ask.edit.box") });
  const send = create("button", { type: "submit", className: "pill-button" }, bilingual("ask.edit.send"));
  const acts = create("div", { className: "acts" }, send, pillButton("cancel-edit", "ask.cancel"));
  return create("form", { className: "editing", hidden: true }, area, acts);
};

/** @param {string} content @param {...Node} below */
const questionBox = (content, ...below) =>
  create("div", { className: "question" }, create("p", { className: "question-text", dir: "auto", textContent: content }), ...below);

/** @param {object} options
 * @param {Element} options.element
 * @param {import("./session.js").Session} options.session
 * @param {{ instructed: boolean, writesFreely: boolean, canMark: boolean }} options.models what the models can do
 * @param {(exchanges: Exchange[], begun: boolean) => void} options.drawn called when all of it was drawn */
export const createLog = ({ element, session, models, drawn }) => {
  const part = parts(element);
  /** @type {HTMLElement} */
  const log = part("log");
  const speaker = createSpeaker(() => showVoices());

  const context = () => ({ tree: session.tree, kind: session.conversation?.kind, ...models });
  /** @param {string} id @returns {HTMLElement | null} */
  const answerElement = (id) => log.querySelector(`[data-answer="${id}"]`);

  /** @param {string} id */
  const textOf = (id) => {
    const message = find(session.tree, id);
    return message?.role === "assistant" ? message.text : "";
  };
  /* An answer has a button to listen to it if there is a voice for its language. */
  const showVoices = () => {
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (log.querySelectorAll("[data-act=listen]"))) {
      const id = /** @type {HTMLElement} */ (button.closest("[data-answer]")).dataset.answer ?? "";
      button.hidden = !voiceFor(languageOf(textOf(id)));
      button.setAttribute("aria-pressed", String(speaker.speaking === id));
    }
  };

  /** @param {Question} question */
  const drawQuestion = (question) => {
    const acts = create("div", { className: "question-acts" }, ...drawVersions(question, session.tree));
    acts.append(pillButton("edit", "ask.edit"), pillButton("copy-question", "ask.copy"));
    return questionBox(question.content, acts, editor(question));
  };
  /** @param {Exchange} exchange */
  const drawExchange = ({ question, answers }) => {
    const list = create("div", { className: "answers" }, ...answers.map((answer) => drawAnswer(answer, context())));
    list.classList.toggle("several", answers.length > 1);
    const label = text("ask.turn", { question: question.content.slice(0, 80) });
    const section = create("section", { className: "exchange", ariaLabel: label }, drawQuestion(question), list);
    section.dataset.question = question.id;
    return section;
  };
  /** @param {string} question */
  const drawPending = (question) => {
    const waiting = create("div", { className: "answers" }, create("p", { className: "note waiting" }, bilingual("ask.sending")));
    return create("section", { className: "exchange" }, questionBox(question), waiting);
  };
  /** Where the oldest messages end that the model did not get to see.
   * @param {Exchange[]} path */
  const markDropped = (path) => {
    const dropped = path.at(-1)?.main?.dropped ?? 0;
    if (!dropped) return;
    const place = Math.min(Math.ceil(dropped / 2), path.length - 1);
    log.children[place]?.before(create("p", { className: "note dropped" }, bilingual("ask.dropped", { count: dropped })));
  };

  /** @param {() => void} redraw */
  const keepFocus = (redraw) => {
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const inside = log.contains(active);
    const owner = /** @type {HTMLElement | null | undefined} */ (active?.closest("[data-answer], [data-question]"));
    const selector = owner?.dataset.answer ? `[data-answer="${owner.dataset.answer}"]` : `[data-question="${owner?.dataset.question}"]`;
    const act = active?.dataset?.act;
    redraw();
    if (!inside || log.contains(document.activeElement)) return;
    const next = log.querySelector(`${selector} [data-act="${act}"]`) ?? log.querySelector(`${selector} button`) ?? part("question");
    next.focus({ preventScroll: true });
  };
  const draw = () =>
    keepFocus(() => {
      const open = [...log.querySelectorAll(".was-read[open]")].map((one) => /** @type {HTMLElement} */ (one.closest(".answer")).dataset.answer);
      const path = exchanges(session.tree);
      const { pending } = session;
      const shown = pending ? path.filter(({ question }) => pending.path.includes(question.id)) : path;
      log.replaceChildren(...shown.map(drawExchange), ...(pending ? [drawPending(pending.text)] : []));
      for (const id of open) log.querySelector(`[data-answer="${id}"] .was-read`)?.setAttribute("open", "");
      markDropped(path);
      showVoices();
      drawn(path, log.childElementCount > 0);
    });

  return {
    element: log,
    answerElement,
    draw,
    /** Draw one answer anew, while it grows. @param {Answer} answer */
    redraw(answer) {
      const there = answerElement(answer.id);
      if (!there || !isRunning(answer)) {
        draw();
        return;
      }
      const text = there.querySelector(".answer-main .answer-text");
      const same = there.classList.contains("bare") === !answer.evidence.length;
      if (same && text) text.replaceWith(drawText(answer, context()));
      else keepFocus(() => there.replaceWith(drawAnswer(answer, context())));
    },
    /** The end of what is new comes into view, unless the reader is further up. */
    showNewest() {
      const last = log.lastElementChild;
      if (!last || log.contains(document.activeElement)) return;
      const { top } = last.getBoundingClientRect();
      if (top > window.innerHeight * 0.6 || top < 0) last.scrollIntoView({ block: "start" });
    },
    /** Read an answer aloud, or stop. @param {Answer} answer */
    listen: (answer) => speaker.toggle(answer.id, answer.text, languageOf(answer.text)),
  };
};
