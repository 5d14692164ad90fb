// @ts-check
/* A passage whose characters are coloured by their loss. */
import { create } from "../lib/dom.js";
import { percentOfLog } from "../lib/figures.js";
import { text } from "../lib/i18n.js";

/** How strong the colour of a loss is, 0 to 1: nothing for a certain character, all for a blind guess or worse.
 * @param {number} loss @param {number} uniform loss of a blind guess */
export const strength = (loss, uniform) => Math.max(0, Math.min(1, loss / uniform));

/** @param {string} character */
const shown = (character) => (character === "\n" ? "⏎" : character);

/** @param {string[]} passage characters @param {number[]} losses of each but the first, in nats @param {number} uniform */
export const drawPassage = (passage, losses, uniform) => {
  const pieces = passage.flatMap((character, place) => {
    const piece = create("span", { className: "loss-piece", textContent: shown(character) });
    if (place) {
      const loss = losses[place - 1];
      piece.style.setProperty("--strength", `${Math.round(100 * strength(loss, uniform))}%`);
      piece.title = `${loss.toFixed(2)} · p = ${percentOfLog(-loss)}`;
    }
    return character === "\n" ? [piece, create("br")] : [piece];
  });
  const scale = create(
    "p",
    { className: "loss-scale note" },
    text("hood.training.scale.sure"),
    ...[0, 25, 50, 75, 100].map((percent) => {
      const box = create("span", { className: "loss-piece", textContent: ((uniform * percent) / 100).toFixed(1) });
      box.style.setProperty("--strength", `${percent}%`);
      return box;
    }),
    text("hood.training.scale.blind"),
  );
  return create("div", {}, create("p", { className: "loss-passage", dir: "auto" }, ...pieces), scale);
};

/** @param {string[]} passage @param {number[]} losses @returns {(string | number)[][]} */
export const passageRows = (passage, losses) => [
  ["place", "character", "loss", "probability"],
  ...passage.map((character, place) => (place ? [place + 1, character, losses[place - 1], Number(Math.exp(-losses[place - 1]).toFixed(4))] : [1, character, "", ""])),
];
