// @ts-check
/* The frame of the tab: which step is shown, which model it looks into, and with what text. */
import { client } from "../lib/client.js";
import { parts } from "../lib/dom.js";
import { emit, listen } from "../lib/events.js";
import { bilingual, onLanguageChange } from "../lib/i18n.js";
import { takeStep, takeSubject } from "../lib/inside.js";
import { noticeIn } from "../lib/notice.js";
import { statusLine } from "../lib/status.js";
import { createLatest } from "../lib/latest.js";
import { mountPresenter } from "./presenter.js";
import { isNotesWindow, mountNotes } from "./presenter_notes.js";
import { createSourceView } from "./source.js";
import { createSubjectBar } from "./subject_bar.js";
import { createSubjects } from "./subjects.js";
import { STEPS } from "./steps.js";

/** @typedef {import("./subjects.js").Subject} Subject */
/** @typedef {{ show: () => unknown, hide?: () => void }} StepView */

/** @typedef {object} StepContext what a step is mounted with
 * @property {HTMLElement} element its part of the page, below title and lead
 * @property {any} server server functions of the component, for `client(server)`
 * @property {() => Subject} subject what is looked into
 * @property {() => import("../types").InspectionResponse | null} seen the subject as its model reads it
 * @property {(key: string, values?: import("../lib/i18n.js").Values) => void} say the status line
 * @property {ReturnType<typeof noticeIn>} notice where a failure is told
 * @property {(step: string) => void} goTo opens another step */

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const hood = part("hood");
  const notice = noticeIn(part("problem"));
  const { say } = statusLine("#hood");
  const subjects = createSubjects();
  const latest = createLatest();
  const showSource = createSourceView(element, api, (error) => notice.show(error));
  const sections = [.../** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-step]"))];
  const names = sections.map((section) => section.dataset.step ?? "");
  /** @type {Record<string, StepView>} */
  const views = {};
  let [current] = names;
  let task = "generate";
  /** @type {import("../types").InspectionResponse | null} */
  let seen = null;

  const tasksOf = (/** @type {string} */ name) => (sections[names.indexOf(name)].dataset.tasks ?? "").split(" ").filter(Boolean);
  const isFree = () => hood.dataset.mode === "free";
  const subject = () => subjects.of(current, task, isFree());
  const view = (/** @type {string} */ name) => {
    const body = /** @type {HTMLElement} */ (sections[names.indexOf(name)].querySelector("[data-body]"));
    views[name] ??= STEPS[name]({ element: body, server, subject, seen: () => seen, say, notice, goTo: open });
    return views[name];
  };
  const drawFrame = () => {
    sections.forEach((section) => (section.hidden = section.dataset.step !== current));
    for (const button of element.querySelectorAll(".hood-steps [data-goto]")) {
      const here = /** @type {HTMLElement} */ (button).dataset.goto === current;
      if (here) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    const place = names.indexOf(current);
    part("place").replaceChildren(bilingual("hood.place", { number: place + 1, count: names.length }));
    element.querySelector("[data-act=back]").setAttribute("aria-disabled", String(place === 0));
    element.querySelector("[data-act=next]").setAttribute("aria-disabled", String(place === names.length - 1));
    bar.draw({ step: current, task, tasks: tasksOf(current), subject: tasksOf(current).length ? subject() : null, free: isFree() });
  };
  /* Look into the subject anew, and let the step draw it. */
  const refresh = async () => {
    drawFrame();
    notice.clear();
    const shown = current;
    try {
      if (tasksOf(shown).length) {
        const found = await latest.of(api.look(subject()));
        if (!found) return;
        seen = found;
        bar.tell(found);
      } else latest.drop();
      if (shown === current) await view(shown).show();
    } catch (error) {
      seen = null;
      notice.show(error);
    }
  };
  const open = (/** @type {string} */ name, { focus = true } = {}) => {
    if (!names.includes(name)) return;
    if (name !== current) views[current]?.hide?.();
    current = name;
    const able = tasksOf(name);
    if (able.length && !able.includes(task)) [task] = able;
    if (!isFree() && able.length) [task] = able;
    refresh();
    const section = sections[names.indexOf(name)];
    if (focus) {
      /** @type {HTMLElement} */ (section.querySelector("h3")).focus({ preventScroll: true });
      const top = hood.getBoundingClientRect().top;
      if (top < 0) hood.scrollIntoView({ block: "start" });
    }
    emit("hood:step-shown", { step: name });
  };
  const setMode = (/** @type {string} */ mode) => {
    hood.dataset.mode = mode;
    for (const button of element.querySelectorAll("button[data-mode]")) {
      button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.mode === mode));
    }
  };
  const turn = (/** @type {number} */ step) => {
    const next = names[names.indexOf(current) + step];
    if (next) open(next);
  };
  const bar = createSubjectBar(element, {
    choose(chosen) {
      task = chosen;
      refresh();
    },
    look(own) {
      subjects.keep(own);
      setMode("free");
      refresh();
    },
    own() {
      setMode("free");
      drawFrame();
      part("text").focus();
    },
    example() {
      subjects.forget(task);
      refresh();
    },
  });

  element.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const { goto, source, mode, act } = button.dataset;
    if (goto) open(goto, { focus: false });
    else if (source) showSource(source);
    else if (mode) {
      setMode(mode);
      refresh();
    } else if (act === "back") turn(-1);
    else if (act === "next") turn(1);
  });
  /* What another tab wants to be looked into. */
  const take = () => {
    const waiting = takeSubject();
    if (!waiting?.task) return false;
    ({ task } = waiting);
    subjects.keep(/** @type {Subject} */ (waiting));
    bar.dropDraft(task);
    setMode("free");
    if (!tasksOf(current).includes(task)) current = names.find((name) => tasksOf(name).includes(task)) ?? current;
    refresh();
    return true;
  };
  const takeWantedStep = () => {
    const waiting = takeStep();
    if (waiting) open(waiting, { focus: false });
    return Boolean(waiting);
  };
  listen("hood:subject-waiting", take);
  listen("hood:step-waiting", takeWantedStep);
  listen("hood:open", ({ step }) => open(step, { focus: false }));
  onLanguageChange(refresh);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => refresh());
  if (isNotesWindow()) mountNotes(element);
  else mountPresenter(element, { steps: names, open });
  if (!take() && !takeWantedStep()) open(current, { focus: false });
};
