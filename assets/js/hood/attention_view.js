// @ts-check
/* What the attention step and the multi-head step share: names of tokens, thumbnails of heads. */
import { create } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { pixels } from "./heatmap.js";
import { shownText } from "./pieces.js";
import { shareScale } from "./scale.js";
import { at } from "./tensor.js";

/** @typedef {import("../types").InspectionResponse} Inspection */

/** @param {Inspection} seen @param {string} part */
export const piecesOf = (seen, part) => seen.texts.find((one) => one.part === part)?.pieces ?? [];

/** The tokens that look. In cross-attention they are those that are written: what stands before a token decides on it.
 * @param {Inspection} seen @param {import("../types").AttentionKindItem} kind */
export const queriesOf = (seen, kind) => {
  const pieces = piecesOf(seen, kind.queries);
  return kind.name === "cross" ? [...pieces.slice(1), { id: -1, text: "", name: "</s>" }] : pieces;
};

/** Names of the tokens of a part.
 * @param {Inspection} seen @param {string} part */
export const namesOf = (seen, part) => piecesOf(seen, part).map(shownText);

/** Cells that a causal mask hides. @param {number} row @param {number} column */
export const later = (row, column) => column > row;

/** Every head of a layer as a small picture; heads that share keys and values stand together.
 * @param {import("./tensor.js").Tensor} weights (heads, queries, keys)
 * @param {import("../types").AttentionKindItem} kind @param {number} chosen
 * @param {(head: number) => void} choose @returns {HTMLElement[]} */
export const createThumbnails = (weights, kind, chosen, choose) => {
  const colour = shareScale();
  const share = kind.heads / kind.key_heads;
  const groups = [];
  for (let group = 0; group < kind.key_heads; group += 1) {
    const buttons = Array.from({ length: share }, (_, place) => {
      const head = group * share + place;
      const picture = pixels(at(weights, head), colour, kind.causal ? later : undefined);
      picture.setAttribute("aria-hidden", "true");
      const button = create("button", { type: "button", className: "hood-thumbnail" }, picture, create("span", {}, bilingual("hood.head", { number: head + 1 })));
      button.setAttribute("aria-pressed", String(head === chosen));
      button.addEventListener("click", () => choose(head));
      return button;
    });
    if (share === 1) groups.push(...buttons);
    else {
      const box = create("div", { className: "hood-group" }, create("span", { className: "hood-group-name" }, bilingual("hood.group", { number: group + 1 })), create("div", { className: "hood-group-heads" }, ...buttons));
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", text("hood.group", { number: group + 1 }));
      groups.push(box);
    }
  }
  return groups;
};
