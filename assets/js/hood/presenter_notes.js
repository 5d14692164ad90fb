// @ts-check
/* The presenter's notes in a window of their own, at `?notes`: both windows are told of each turn over a channel of the
 * browser. */
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { turned } from "./presentation.js";
import { inBoth } from "./slide_text.js";

const CHANNEL = "llama-demo-presentation";

/** @typedef {import("./presentation.js").Slide} Slide */
/** @typedef {{ slide: Slide, next: Slide | null, place: number, count: number, minutes: number, began: number }} NotesState */

/** The side of the slides.
 * @param {{ isOpen: () => boolean, state: () => NotesState, turn: (key: string) => void }} presenter other tabs of the
 * browser hear the channel too; only one with an open presentation answers @returns {{ tell: () => void }} */
export const connectNotes = ({ isOpen, state, turn }) => {
  const channel = new BroadcastChannel(CHANNEL);
  const tell = () => channel.postMessage({ state: state() });
  channel.addEventListener("message", ({ data }) => {
    if (!isOpen()) return;
    if (data.hello) tell();
    else if (data.key) turn(data.key);
  });
  return { tell };
};

/** Whether this window is that of the notes. */
export const isNotesWindow = () => new URLSearchParams(window.location.search).has("notes");

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

  const drawTime = () => {
    if (state) part("notes-time").textContent = `${clockOf((Date.now() - state.began) / 1000)} / ${clockOf(60 * state.minutes)}`;
  };
  channel.addEventListener("message", ({ data }) => {
    if (!data.state) return;
    state = /** @type {NotesState} */ (data.state);
    part("notes-title").replaceChildren(...inBoth(state.slide.title));
    part("notes-text").replaceChildren(...inBoth(state.slide.notes));
    part("notes-next").replaceChildren(...(state.next ? [create("span", {}, bilingual("hood.present.notes.next")), " ", ...inBoth(state.next.title)] : [bilingual("hood.present.notes.last")]));
    part("notes-place").textContent = `${state.place + 1} / ${state.count}`;
    drawTime();
  });
  const send = (/** @type {string} */ key) => channel.postMessage({ key });
  dialog.addEventListener("keydown", (event) => {
    if (turned(event.key, 1, 3) === 1 || ([" ", "Enter"].includes(event.key) && /** @type {Element} */ (event.target).closest("button"))) return;
    event.preventDefault();
    send(event.key);
  });
  part("notes-back").addEventListener("click", () => send("PageUp"));
  part("notes-forward").addEventListener("click", () => send("PageDown"));
  window.setInterval(drawTime, 1000);
  dialog.showModal();
  channel.postMessage({ hello: true });
};
