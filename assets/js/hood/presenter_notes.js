// @ts-check
/* The presenter's notes in a window of their own, at `?notes=ID`: both windows are told of each turn over a channel of the
 * browser. The id is that of one presentation, so that two of them in one browser do not mix. At `?notes` alone the notes
 * follow the presentation that answers first. */
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { turned } from "./presentation.js";
import { inBoth } from "./slide_text.js";

const CHANNEL = "llama-demo-presentation";

/** @typedef {import("./presentation.js").Slide} Slide */
/** What goes over the channel: a state or a key of the presentation `id`; a greeting of notes, with no id if any will do.
 * @typedef {{ id: string, state?: NotesState, key?: string, hello?: boolean }} Message */
/** @typedef {{ slide: Slide, next: Slide | null, place: number, count: number, minutes: number, began: number }} NotesState */

/** The side of the slides.
 * @param {{ isOpen: () => boolean, state: () => NotesState, turn: (key: string) => void }} presenter other tabs of the
 * browser hear the channel too; only one with an open presentation answers
 * @returns {{ tell: () => void, address: string }} `address` of the window of its notes */
export const connectNotes = ({ isOpen, state, turn }) => {
  const channel = new BroadcastChannel(CHANNEL);
  const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const post = (/** @type {Message} */ message) => channel.postMessage(message);
  const tell = () => post({ id, state: state() });
  channel.addEventListener("message", ({ data }) => {
    const message = /** @type {Message} */ (data);
    if (!isOpen() || (message.id && message.id !== id)) return;
    if (message.hello) tell();
    else if (message.id && message.key) turn(message.key);
  });
  return { tell, address: `${window.location.pathname}?notes=${id}#/hood` };
};

const notesId = () => new URLSearchParams(window.location.search).get("notes");

/** Whether this window is that of the notes. */
export const isNotesWindow = () => notesId() !== null;

/** Minutes and seconds. @param {number} seconds */
const clockOf = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The side of the notes, over the whole page.
 * @param {HTMLElement} element the tab */
export const mountNotes = (element) => {
  const part = parts(element);
  const channel = new BroadcastChannel(CHANNEL);
  const dialog = /** @type {HTMLDialogElement} */ (part("notes"));
  /** @type {NotesState | null} */
  let state = null;
  let id = notesId() ?? "";

  const drawTime = () => {
    if (state) part("notes-time").textContent = `${clockOf((Date.now() - state.began) / 1000)} / ${clockOf(60 * state.minutes)}`;
  };
  channel.addEventListener("message", ({ data }) => {
    const message = /** @type {Message} */ (data);
    if (!message.state || (id && message.id !== id)) return;
    ({ id, state } = message);
    part("notes-title").replaceChildren(...inBoth(state.slide.title));
    part("notes-text").replaceChildren(...inBoth(state.slide.notes));
    part("notes-next").replaceChildren(...(state.next ? [create("span", {}, bilingual("hood.present.notes.next")), " ", ...inBoth(state.next.title)] : [bilingual("hood.present.notes.last")]));
    part("notes-place").textContent = `${state.place + 1} / ${state.count}`;
    drawTime();
  });
  const send = (/** @type {string} */ key) => channel.postMessage({ id, key });
  dialog.addEventListener("keydown", (event) => {
    if (turned(event.key, 1, 3) === 1 || ([" ", "Enter"].includes(event.key) && /** @type {Element} */ (event.target).closest("button"))) return;
    event.preventDefault();
    send(event.key);
  });
  part("notes-back").addEventListener("click", () => send("PageUp"));
  part("notes-forward").addEventListener("click", () => send("PageDown"));
  window.setInterval(drawTime, 1000);
  dialog.showModal();
  channel.postMessage({ id, hello: true });
};
