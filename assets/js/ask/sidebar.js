// @ts-check
/* The list of conversations: to be searched, opened, renamed and deleted. */
import { confirmButton, pillButton } from "../lib/button.js";
import { watchConfirmations } from "../lib/confirm.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { isComposing } from "../lib/keys.js";
import { noticeIn } from "../lib/notice.js";
import { store, stored } from "./session.js";

/** @typedef {import("../types").ConversationListItem} ListItem */

const STORED = "llama_demo.ask.side";
const PAUSE = 250; /* milliseconds after the last letter of what is searched for */

/** @param {object} options
 * @param {Element} options.element
 * @param {import("../types").AskServer} options.api
 * @param {import("./session.js").Session} options.session
 * @param {ReturnType<typeof import("../lib/status.js").statusLine>} options.status
 * @param {(id: string, title: string) => void} options.renamed
 * @param {(id: string) => void} options.deleted */
export const createSidebar = ({ element, api, session, status, renamed, deleted }) => {
  const part = parts(element);
  /** @type {HTMLElement} */
  const side = part("side");
  const search = /** @type {HTMLInputElement} */ (part("find"));
  const notice = noticeIn(part("side-problem"), "ask.unreachable");
  const wide = window.matchMedia("(min-width: 1000px)");
  /** @type {ListItem[]} */
  let listed = [];
  /** @type {string | null} */
  let before = null;
  /** @type {number | undefined} */
  let timer;

  /** @param {HTMLButtonElement} button */
  const quiet = (button) => {
    button.classList.add("quiet-act");
    return button;
  };
  /** @param {ListItem} item */
  const drawItem = (item) => {
    const about = create("span", { className: "note" }, bilingual(`ask.way.${item.kind}`));
    if (item.temporary) about.append(" · ", bilingual("ask.unsaved"));
    const name = create("span", { className: "conversation-name", textContent: item.title || text("ask.untitled") });
    const title = create("button", { type: "button", className: "conversation-open", dir: "auto" }, name, about);
    title.dataset.act = "open-conversation";
    if (item.id === session.conversation?.id) title.setAttribute("aria-current", "true");
    const rename = quiet(pillButton("rename-conversation", "ask.side.rename"));
    const remove = quiet(confirmButton("delete-conversation", "ask.side.delete", "ask.side.sure"));
    const row = create("li", { className: "conversation" }, title, create("span", { className: "conversation-acts" }, rename, remove));
    row.dataset.conversation = item.id;
    return row;
  };
  /** @param {string} id */
  const renameButton = (id) => /** @type {HTMLElement | null} */ (side.querySelector(`[data-conversation="${id}"] [data-act=rename-conversation]`));

  const draw = () => {
    const active = /** @type {HTMLElement} */ (document.activeElement);
    const { act } = active?.dataset ?? {};
    const owner = /** @type {HTMLElement | null} */ (active?.closest("[data-conversation]"));
    const selector = side.contains(active) && act ? `[data-conversation="${owner?.dataset.conversation}"] [data-act="${act}"]` : "";
    part("conversations").replaceChildren(...listed.map(drawItem));
    part("no-conversations").hidden = listed.length > 0;
    part("no-conversations").replaceChildren(bilingual(search.value.trim() ? "ask.side.none.found" : "ask.side.none"));
    part("older").hidden = !before;
    if (selector && !side.contains(document.activeElement)) (/** @type {HTMLElement} */ (side.querySelector(selector) ?? search)).focus();
  };
  /** What a call gives; undefined if it failed, which is told.
   * @template Response @param {Promise<Response>} call @returns {Promise<Response | undefined>} */
  const told = async (call) => {
    try {
      return await call;
    } catch (error) {
      notice.show(error);
      return undefined;
    }
  };
  const refresh = async () => {
    clearTimeout(timer);
    const query = search.value;
    const found = await told(api.conversations({ query }));
    if (!found || query !== search.value) return;
    notice.clear();
    listed = found.conversations;
    before = found.before;
    draw();
  };
  /** @param {boolean} on */
  const show = (on) => {
    side.hidden = !on;
    part("side-open").setAttribute("aria-expanded", String(on));
    part("ask").classList.toggle("with-side", on);
  };
  const toggle = () => {
    const on = side.hidden;
    show(on);
    store(STORED, on ? "on" : "off");
    if (on) {
      refresh();
      search.focus();
    } else part("side-open").focus();
  };

  /* On a phone it is a drawer; a press beside it does nothing but close it. */
  document.addEventListener(
    "click",
    (event) => {
      if (wide.matches || side.hidden || side.contains(/** @type {Node} */ (event.target))) return;
      event.preventDefault();
      event.stopPropagation();
      toggle();
    },
    true,
  );
  wide.addEventListener("change", () => {
    if (!wide.matches) show(false);
  });
  search.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!(/** @type {InputEvent} */ (event).isComposing)) timer = setTimeout(refresh, PAUSE);
  });
  search.addEventListener("compositionend", refresh);
  watchConfirmations(side);
  show(wide.matches && stored(STORED) === "on");

  return {
    draw,
    refresh,
    toggle,
    /** Close it where it covers the conversation. */
    closeDrawer() {
      if (!wide.matches) show(false);
    },
    /** Whether Escape closes it. @param {Node} focused */
    isClosedBy: (focused) => !side.hidden && (side.contains(focused) || !wide.matches),
    async older() {
      const found = await told(api.conversations({ query: search.value, before }));
      if (!found) return;
      const place = listed.length;
      listed.push(...found.conversations);
      before = found.before;
      draw();
      part("conversations").children[place]?.querySelector("button").focus();
    },
    /** Ask for another title in the row of a conversation. @param {string} id */
    rename(id) {
      const row = /** @type {HTMLElement} */ (side.querySelector(`[data-conversation="${id}"]`));
      const title = listed.find((item) => item.id === id)?.title ?? "";
      const input = create("input", { type: "text", value: title, dir: "auto", ariaLabel: text("ask.side.name"), maxLength: 200 });
      const save = create("button", { type: "submit", className: "pill-button small" }, bilingual("ask.side.keep"));
      const form = create("form", { className: "conversation-naming" }, input, save);
      row.querySelector(".conversation-acts")?.replaceChildren(form);
      input.select();
      input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape" || isComposing(event)) return;
        event.stopPropagation();
        draw();
        renameButton(id)?.focus();
      });
      form.addEventListener("submit", async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (!(await told(api.rename({ conversation: id, title: input.value })))) return;
        renamed(id, input.value.trim());
        await refresh();
        status.say("ask.status.renamed");
        renameButton(id)?.focus();
      });
    },
    /** @param {string} id */
    async remove(id) {
      if (!(await told(api.delete({ conversation: id })))) return;
      deleted(id);
      await refresh();
      status.say("ask.status.deleted");
      search.focus();
    },
  };
};
