// @ts-check
/* The Ask tab: what is typed and pressed in it. */
import { client } from "../lib/client.js";
import { confirmed } from "../lib/confirm.js";
import { dismissable } from "../lib/dialog.js";
import { parts } from "../lib/dom.js";
import { copyText } from "../lib/files.js";
import { onLanguageChange, text } from "../lib/i18n.js";
import { tabKeys } from "../lib/keys.js";
import { noticeIn } from "../lib/notice.js";
import { passageDialog } from "../lib/passage.js";
import { withNotice } from "../lib/provenance.js";
import { statusLine } from "../lib/status.js";
import { createChat } from "./chat.js";
import { createComposer } from "./composer.js";
import { closeEditor, openEditor } from "./editing.js";
import { isWritten } from "./evidence.js";
import { storedConversation } from "./session.js";
import { createSubject } from "./subject.js";
import { endOfPath, exchanges } from "./tree.js";

/** @typedef {import("./tree.js").Answer} Answer */
/** @typedef {import("./tree.js").Question} Question */
/** @typedef {Record<string, (button: HTMLButtonElement) => void>} Actions what buttons do, by their `data-act` */

/** The value of a data attribute of what a button lies in. @param {Element} button @param {string} name */
const owner = (button, name) => /** @type {HTMLElement} */ (button.closest(`[data-${name}]`)).dataset[name] ?? "";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, props, server, trigger, watch }) => {
  const part = parts(element);
  const api = /** @type {import("../types").AskServer & import("../types").CollectionsServer} */ (client(server));
  const status = statusLine("#ask-status");
  const notice = noticeIn(part("problem"), "ask.unreachable");
  const composer = createComposer({ element, status, send: sendTyped });
  /** @type {ReturnType<typeof createSubject>} */
  let subject;
  const chat = createChat({
    element,
    api,
    trigger,
    models: { instructed: props.instructed, writesFreely: props.writes_freely, canMark: props.readers.length > 0 },
    status,
    notice,
    composer,
    subjectOf(session) {
      const { examples, openings } = props;
      const conversationKind = () => session.conversation?.kind;
      subject = createSubject({ element, api, status, notice, examples, openings, conversationKind, fileRead: composer.focus });
      return subject;
    },
  });
  const { session, log, sidebar } = chat;
  const showPassage = passageDialog(element);
  const exact = dismissable(/** @type {HTMLDialogElement} */ (part("exact")), "[data-act=close-exact]");
  const keys = dismissable(/** @type {HTMLDialogElement} */ (element.querySelector("dialog.keys")), "[data-act=close-keys]");
  const conversation = () => session.conversation?.id ?? "";

  /** @param {string} question */
  function sendTyped(question) {
    if (session.busy) return;
    chat.ask(question, endOfPath(session.tree));
    if (session.pending) composer.fill("");
  }
  /** @param {Element} button */
  const answerOf = (button) => /** @type {Answer} */ (chat.message(owner(button, "answer")));
  /** @param {Answer} answer */
  const marked = (answer) => (answer.text && isWritten(answer) ? withNotice(answer.text, "generated", answer.model) : answer.text);
  /** @param {string} copied */
  const copy = async (copied) => {
    await copyText(copied);
    status.say("ask.status.copied");
  };
  /** @param {Answer} answer @param {"evidence" | "retrieved"} list @param {number} place */
  const openPassage = async (answer, list, place) => {
    try {
      showPassage(await api.passage({ conversation: conversation(), message: answer.id, list, place }));
    } catch (error) {
      notice.show(error);
    }
  };
  /** @param {Answer} answer */
  const openPrompt = async (answer) => {
    try {
      const { prompt } = await api.prompt({ conversation: conversation(), message: answer.id });
      part("exact-text").textContent = prompt;
      exact.showModal();
    } catch (error) {
      notice.show(error);
    }
  };
  /** @param {Answer} answer @param {number} number of the passage that is cited */
  const cite = (answer, number) => {
    for (const card of log.element.querySelectorAll(".hit.lit")) card.classList.remove("lit");
    log.answerElement(answer.id)?.querySelector(`.answer-evidence [data-number="${number}"]`)?.classList.add("lit");
    openPassage(answer, "evidence", answer.evidence.findIndex((one) => one.number === number));
  };
  /** @param {Element} button @param {import("../types").VariantRequest} variant */
  const addAnswer = (button, variant) => chat.send({ act: "add", message: answerOf(button).parent ?? "", variants: [variant] });

  /** @type {Actions} */
  const actions = {
    new: chat.begin,
    side: sidebar.toggle,
    older: sidebar.older,
    stop: chat.stop,
    keep: chat.keep,
    dictate: composer.dictate,
    "forget-file": () => {
      subject.forgetFile();
      subject.suggest();
      subject.focusText();
    },
    manner: (button) => {
      const panel = part("manner");
      panel.hidden = !panel.hidden;
      button.setAttribute("aria-expanded", String(!panel.hidden));
    },
    "open-conversation": (button) => chat.open(owner(button, "conversation")),
    "rename-conversation": (button) => sidebar.rename(owner(button, "conversation")),
    "delete-conversation": (button) => {
      if (confirmed(button)) sidebar.remove(owner(button, "conversation"));
    },
    edit: (button) => openEditor(/** @type {Element} */ (button.closest(".exchange"))),
    "cancel-edit": (button) => closeEditor(/** @type {Element} */ (button.closest(".exchange"))),
    "copy-question": (button) => copy(/** @type {Question} */ (chat.message(owner(button, "question"))).content),
    copy: (button) => copy(marked(answerOf(button))),
    earlier: (button) => chat.browse(chat.message(button.dataset.message), -1),
    later: (button) => chat.browse(chat.message(button.dataset.message), 1),
    listen: (button) => log.listen(answerOf(button)),
    cite: (button) => cite(answerOf(button), Number(button.dataset.number)),
    open: (button) => openPassage(answerOf(button), /** @type {any} */ (button.dataset.list), Number(button.dataset.place)),
    exact: (button) => openPrompt(answerOf(button)),
    branch: (button) => chat.branch(answerOf(button)),
    keys: () => keys.showModal(),
  };
  /** What asks the models for something, one at a time. @type {Actions} */
  const requests = {
    again: (button) => chat.send({ act: "again", message: answerOf(button).id }),
    "go-on": (button) => chat.send({ act: "continue", message: answerOf(button).id }),
    without: (button) => addAnswer(button, { answerer: "generative", grounded: false }),
    write: (button) => addAnswer(button, { answerer: "generative" }),
    mark: (button) => addAnswer(button, { answerer: "extractive" }),
  };

  element.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const { act = "", try: question, example, presetName } = button.dataset;
    if (question) {
      chat.ask(question, null);
      composer.focusIfRoomy();
    } else if (example) subject.takeExample(Number(example));
    else if (presetName) {
      part("system").value = text(`ask.system.${presetName}.text`);
      part("system").focus();
    } else if (act in actions) actions[act](button);
    else if (act in requests && !session.busy) requests[act](button);
  });
  log.element.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = /** @type {Element} */ (event.target);
    const question = chat.message(owner(form, "question"));
    chat.ask(/** @type {HTMLTextAreaElement} */ (form.querySelector("textarea")).value, question?.parent ?? null);
  });

  const last = () => exchanges(session.tree).at(-1);
  /** @param {string} selector of a button of the conversation */
  const press = (selector) => /** @type {HTMLElement | null} */ (log.element.querySelector(selector))?.click();
  tabKeys({
    element: part("ask"),
    dialog: keys,
    letters: {
      n: chat.begin,
      s: sidebar.toggle,
      "/": composer.focus,
      e: () => press(`[data-question="${last()?.question.id}"] [data-act=edit]`),
      r: () => press(`[data-answer="${last()?.main?.id}"] [data-act=again]`),
      "[": () => chat.browse(last()?.main, -1),
      "]": () => chat.browse(last()?.main, 1),
    },
    other: (event) => {
      if (event.key !== "Escape") return;
      const target = /** @type {Element} */ (event.target);
      const form = target.closest(".editing");
      if (form) closeEditor(/** @type {Element} */ (form.closest(".exchange")));
      else if (!part("stop").hidden) chat.stop();
      else if (sidebar.isClosedBy(target)) sidebar.toggle();
    },
  });

  onLanguageChange(() => {
    subject.drawLibrary();
    subject.showKind();
  });
  watch("value", () => chat.follow(props.value ?? ""));
  subject.showKind();
  log.draw();
  subject.loadLibrary();
  sidebar.refresh();
  const before = storedConversation();
  if (props.value) chat.follow(props.value);
  else if (before) chat.open(before, { focus: false });
};
