// @ts-check
/* The conversation that is shown: begun, opened, asked and followed while it is answered. */
import { RequestError } from "../lib/client.js";
import { GrowingStream } from "../lib/stream.js";
import { remember } from "../lib/visit.js";
import { createAnnouncer } from "./announcer.js";
import { createHeading } from "./heading.js";
import { createLog } from "./log.js";
import { createSession, showConversation, storeConversation } from "./session.js";
import { createSidebar } from "./sidebar.js";
import { ancestors, choose, endOfPath, find, versionsOf } from "./tree.js";
import { applyLine, changedAnswer, isStructural } from "./updates.js";

/** @typedef {import("./tree.js").Answer} Answer */
/** @typedef {import("./tree.js").Message} Message */

/** @param {object} options
 * @param {Element} options.element
 * @param {import("../types").AskServer} options.api
 * @param {(event: string, detail?: object) => void} options.trigger
 * @param {{ instructed: boolean, writesFreely: boolean, canMark: boolean }} options.models
 * @param {ReturnType<typeof import("../lib/status.js").statusLine>} options.status
 * @param {ReturnType<typeof import("../lib/notice.js").noticeIn>} options.notice
 * @param {(session: import("./session.js").Session) => ReturnType<typeof import("./subject.js").createSubject>} options.subjectOf
 * @param {ReturnType<typeof import("./composer.js").createComposer>} options.composer */
export const createChat = ({ element, api, trigger, models, status, notice, subjectOf, composer }) => {
  const session = createSession();
  const subject = subjectOf(session);
  const announcer = createAnnouncer(status);
  const stream = new GrowingStream();
  const heading = createHeading(element);
  const kind = () => session.conversation?.kind ?? subject.kind();

  const log = createLog({
    element,
    session,
    models,
    drawn(path, begun) {
      heading.show(session.conversation, begun, kind());
      heading.showBudget(path.at(-1)?.main);
    },
  });
  const sidebar = createSidebar({
    element,
    api,
    session,
    status,
    renamed(id, title) {
      if (session.conversation?.id !== id) return;
      session.conversation = { ...session.conversation, title: title || session.conversation.title };
      log.draw();
    },
    deleted(id) {
      if (session.conversation?.id === id) begin();
    },
  });

  /** @param {unknown} error */
  const failed = (error) => notice.show(error);
  /** The conversation that is shown, as calls name it. */
  const conversation = () => session.conversation?.id ?? "";
  /** Go on at this message when the conversation is opened again. @param {string} message */
  const chooseEnd = (message) => api.choose({ conversation: conversation(), message }).catch(failed);
  const stop = () => api.stop().catch(failed);

  /** @param {import("../types").ConversationResponse | null} next */
  const show = (next) => {
    if (session.busy) stop();
    showConversation(session, next);
    storeConversation(session);
    notice.clear();
    status.clear();
    composer.showBusy(false);
    log.draw();
    sidebar.draw();
  };
  /** A new conversation, which is nowhere before its first question. */
  const begin = () => {
    subject.forgetFile();
    show(null);
    subject.showKind();
    composer.focus();
  };
  /** Show a conversation; false if it could not be read. @param {string} id @param {{ focus?: boolean }} [options] */
  const open = async (id, { focus = true } = {}) => {
    let found;
    try {
      found = await api.conversation({ conversation: id });
    } catch (error) {
      failed(error);
      return false;
    }
    show(found);
    subject.showAnswerers();
    if (!found.messages.length) subject.startFrom(found);
    if (!focus) return true;
    sidebar.closeDrawer();
    /** @type {HTMLElement} */ (element.querySelector("[data-part=name]")).focus({ preventScroll: true });
    log.element.lastElementChild?.scrollIntoView({ block: "start" });
    return true;
  };
  /** A run of the history: its conversation if that is still there, or its question alone.
   * @param {import("../types").ReopenItem} run */
  const reopen = async (run) => {
    const found = await api.conversation_of_run({ run: run.run }).catch(() => ({ id: null }));
    if (found.id && (await open(found.id))) {
      status.say("ask.status.reopened");
      return;
    }
    begin();
    subject.choose(run.kind);
    subject.chooseCollection(run.collection);
    composer.fill(run.question);
    status.say("ask.status.question_back");
  };

  /** Ask the models for something. @param {Partial<import("../types").AskRequest>} request */
  const send = (request) => {
    session.request += 1;
    session.busy = true;
    announcer.begin();
    notice.clear();
    composer.showBusy(true);
    const id = session.conversation?.id ?? subject.begun() ?? "";
    trigger("select", { ask: session.request, conversation: id, daring: subject.daring(), ...request });
  };
  /** Ask a question after a message. @param {string} text @param {string | null} parent */
  const ask = (text, parent) => {
    if (session.busy) return;
    if (!text.trim()) {
      notice.tell("ask.empty_question");
      return;
    }
    if (!session.conversation && subject.lacksText()) {
      notice.tell("ask.empty_text");
      subject.focusText();
      return;
    }
    const path = ancestors(session.tree, parent).filter(({ role }) => role === "user").map(({ id }) => id);
    session.pending = { text, path };
    const about = session.conversation || subject.begun() ? null : subject.request();
    send({ act: "say", text, parent, subject: about, variants: subject.variants(kind()) });
    status.say(kind() === "chat" ? "ask.reading" : "ask.looking");
    log.draw();
    log.showNewest();
  };

  const finished = () => {
    session.busy = false;
    if (session.pending && composer.isEmpty()) composer.fill(session.pending.text); /* it was not taken; why is told beside */
    session.pending = null;
    composer.showBusy(false);
    log.draw();
    sidebar.refresh();
    const end = endOfPath(session.tree);
    if (end && end !== session.tree.messages.at(-1)?.id) chooseEnd(end);
  };
  /** @param {any} line */
  const take = (line) => {
    Object.assign(session, applyLine(session, line));
    if (line.conversation) {
      storeConversation(session);
      sidebar.refresh();
    }
    if (line.question) session.pending = null;
    if (line.problem) {
      status.clear();
      failed(new RequestError(line.problem));
    }
    if (line.end) finished();
  };
  /** Read what the server has sent. @param {string} value all of it so far */
  const follow = (value) => {
    const read = stream.read(value);
    if (!read?.values.length) return;
    if (read.opening.reopen) {
      reopen(read.opening.reopen);
      return;
    }
    if (read.opening.ask !== session.request) return; /* another conversation was opened meanwhile */
    for (const line of read.values) take(line);
    const changed = new Set(read.values.map(changedAnswer));
    const answers = /** @type {Answer[]} */ (session.tree.messages.filter(({ id }) => changed.has(id)));
    if (read.values.some(isStructural)) {
      log.draw();
      log.showNewest();
    } else for (const answer of answers) log.redraw(answer);
    for (const answer of answers) announcer.announce(answer, session.conversation?.kind);
  };

  return {
    session,
    log,
    sidebar,
    begin,
    open,
    ask,
    send,
    stop,
    follow,
    /** Show the version before or after one. @param {Message | undefined} message @param {1 | -1} step */
    browse(message, step) {
      if (!message || session.busy) return;
      const versions = versionsOf(session.tree, message);
      const place = versions.indexOf(message) + step;
      const next = versions[place];
      if (!next) return;
      session.tree = choose(session.tree, next);
      log.draw();
      const row = log.element.querySelector(next.role === "user" ? `[data-question="${next.id}"]` : `[data-answer="${next.id}"]`);
      const arrows = /** @type {HTMLElement[]} */ ([...(row?.querySelectorAll(`[data-message="${next.id}"]`) ?? [])]);
      const same = arrows.find((arrow) => arrow.dataset.act === (step < 0 ? "earlier" : "later"));
      (same ?? arrows[0])?.focus({ preventScroll: true });
      status.say("ask.version", { place: place + 1, count: versions.length });
      chooseEnd(endOfPath(session.tree) ?? "");
    },
    /** Go on in a conversation of its own with what was said up to an answer. @param {Answer} answer */
    async branch(answer) {
      try {
        const found = await api.branch({ conversation: conversation(), message: answer.id });
        if (!(await open(found.id ?? ""))) return;
        sidebar.refresh();
        status.say("ask.status.branched");
        composer.focus();
      } catch (error) {
        failed(error);
      }
    },
    /** Store a conversation that was begun in temporary mode. */
    async keep() {
      try {
        remember();
        await api.keep({ conversation: conversation() });
        if (session.conversation) session.conversation = { ...session.conversation, temporary: false };
        log.draw();
        storeConversation(session);
        sidebar.refresh();
        status.say("ask.kept");
      } catch (error) {
        failed(error);
      }
    },
    /** @param {string | undefined} id @returns {Message | undefined} */
    message: (id) => find(session.tree, id),
  };
};
