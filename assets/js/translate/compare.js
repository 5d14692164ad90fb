/* Greedy beside beam search: two translations of the same text, what differs marked. */
const compared = { greedy: null, beam: null };
const LONGEST_DIFFERENCE = 600; /* words of which differences are looked for */

const piecesOf = (text) => text.match(/\p{Script=Han}|[\p{L}\p{N}'’]+|\s+|./gsu) ?? [];
/* What two lists have in common, in order: the longest common subsequence. */
const common = (left, right) => {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = left[i] === right[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const kept = [new Set(), new Set()];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      kept[0].add(i);
      kept[1].add(j);
      i += 1;
      j += 1;
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  return kept;
};
const marked = (pieces, kept) =>
  pieces.map((piece, index) => (kept.has(index) || !piece.trim() ? piece : made("mark", { textContent: piece })));
const scoreOf = (one) => {
  const scored = one.pairs.filter((pair) => typeof pair.score === "number");
  return scored.length ? Math.exp(scored.reduce((sum, pair) => sum + pair.score, 0) / scored.length) : null;
};
const wholeOf = (one) => one.pairs.map((pair) => pair.lead + pair.text).join("") + one.tail;
const drawCompared = () => {
  const { greedy, beam } = compared;
  const over = greedy?.end && beam?.end;
  const texts = [greedy, beam].map((one) => (one ? piecesOf(wholeOf(one)) : []));
  const short = texts.every((pieces) => pieces.length <= LONGEST_DIFFERENCE);
  const kept = over && short ? common(...texts) : null;
  ["greedy", "beam"].forEach((side, index) => {
    const one = compared[side];
    const place_ = part(side);
    place_.lang = chosen.target;
    place_.replaceChildren(...(kept ? marked(texts[index], kept[index]) : texts[index]));
    const share = one?.end ? scoreOf(one) : null;
    part(`${side}-facts`).replaceChildren(...(share === null ? [] : [bilingual("translate.compare.facts", { percent: percentOf(share), seconds: one.seconds.toFixed(1) })]));
  });
  for (const button of element.querySelectorAll("[data-act=take]")) button.setAttribute("aria-disabled", String(!over));
  part("same").hidden = !over || texts[0].join("") !== texts[1].join("");
  part("different").hidden = !over || !part("same").hidden;
};
const beginCompare = () => {
  compared.greedy = null;
  compared.beam = null;
  part("compare").hidden = false;
  drawCompared();
  llamaDemo.show("#translate [data-part=compare]");
};
/* The chosen one goes into the pane, as if it had been the only one. */
const takeCompared = (side) => {
  if (!compared[side] || compared[side].text !== area.value) return say("translate.status.text_changed");
  Object.assign(compared[side], { fresh: true, drawn: 0, ask: sent });
  show(compared[side]);
  grow();
  say("translate.status.taken");
  return llamaDemo.show("#translate [data-part=panes]");
};
const addCompared = (one) => {
  compared[one.side] = one;
  drawCompared();
  if (one.side === "beam" && one.end) say("translate.status.compared");
};
