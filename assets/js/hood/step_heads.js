// @ts-check
/* Multi-head attention: what each head of a layer looks at and adds, and what is predicted without some of them. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, text } from "../lib/i18n.js";
import { namesOf } from "./attention_view.js";
import { drawBars, percent } from "./bars.js";
import { createChoice, numbers } from "./choice.js";
import { createFigure } from "./figure.js";
import { createLatest } from "../lib/latest.js";
import { plainName, readable } from "./pieces.js";
import { pixels } from "./heatmap.js";
import { css, inkOn, shareScale, signedScale } from "./scale.js";
import { draw, drawing, isNarrow, label } from "./svg.js";
import { at, rowOf, unpack } from "./tensor.js";

const SHOWN_TOKENS = 3;

/** Length of a vector. @param {ArrayLike<number>} vector */
export const norm = (vector) => Math.sqrt(Array.from(vector).reduce((sum, one) => sum + one * one, 0));

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, subject, seen, notice }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const latest = createLatest();
  let [layer, query, task] = [0, -1, ""];
  /** @type {Set<number>} */
  const silenced = new Set();
  /** @type {any} */
  let answer = null;

  const kindOf = () => seen().kinds[0];
  const drawControls = () => {
    const kind = kindOf();
    const names = namesOf(seen(), kind.queries);
    const layers = createChoice("hood.layer", numbers(kind.layers), layer, (value) => change({ layer: Number(value) }));
    const list = create("select", {}, ...names.map((name, place) => create("option", { value: place, textContent: `${place + 1} ${name}`, selected: place === (query < 0 ? names.length - 1 : query) })));
    list.addEventListener("change", () => change({ query: Number(list.value) }));
    part("controls").replaceChildren(layers, create("label", { className: "hood-choice" }, create("span", { className: "hood-choice-title" }, bilingual("hood.heads.token")), list));
  };
  const drawHeads = () => {
    const kind = kindOf();
    const names = namesOf(seen(), kind.keys);
    const colour = shareScale();
    const lengths = Array.from({ length: kind.heads }, (_, head) => norm(at(answer.outputs, head).values));
    const most = Math.max(...lengths);
    const rows = lengths.map((length, head) => {
      const shares = rowOf(answer.rows, head);
      const best = shares.map((share, place) => ({ share, place })).sort((a, b) => b.share - a.share).slice(0, SHOWN_TOKENS);
      const looked = best.filter(({ share }) => share >= 0.01).map(({ share, place }) => {
        const one = create("span", { className: "hood-looked" }, create("span", { textContent: names[place], dir: "auto" }), create("span", { className: "hood-share", textContent: percent(share) }));
        one.style.background = css(colour(share));
        one.style.color = inkOn(colour(share));
        return one;
      });
      const toggle = create("button", { type: "button", className: "pill-button small hood-toggle" }, create("span", {}, bilingual(silenced.has(head) ? "hood.heads.off" : "hood.heads.on")));
      toggle.setAttribute("aria-pressed", String(!silenced.has(head)));
      toggle.setAttribute("aria-label", `${text("hood.head", { number: head + 1 })}: ${text(silenced.has(head) ? "hood.heads.off" : "hood.heads.on")}`);
      toggle.addEventListener("click", () => {
        if (silenced.has(head)) silenced.delete(head);
        else silenced.add(head);
        load(head);
      });
      const rail = create("span", { className: "hood-similar-rail" }, create("span", { className: `hood-similar-bar kind-${head % 8}` }));
      /** @type {HTMLElement} */ (rail.firstChild).style.width = `${(100 * length) / most}%`;
      const adds = create("div", { className: "hood-adds" }, create("span", { className: "note" }, bilingual("hood.heads.adds", { length: length.toFixed(2) })), rail);
      return create("div", { className: `hood-head-row${silenced.has(head) ? " off" : ""}` }, create("strong", {}, bilingual("hood.head", { number: head + 1 })), create("div", { className: "hood-sentence" }, ...looked), adds, toggle);
    });
    const numbers = () => lengths.flatMap((length, head) => rowOf(answer.rows, head).map((share, place) => [head + 1, names[place], Number(share.toFixed(5)), Number(length.toFixed(4))]));
    part("heads").replaceChildren(
      createFigure({ name: "heads-rows", caption: "hood.heads.rows", values: { layer: layer + 1 }, picture: create("div", { className: "hood-heads" }, ...rows), rows: () => [["head", "token", "weight", "length_of_result"], ...numbers()] }),
    );
  };
  /* The heads' shares of the sum as stripes of colour, and the sum below them. */
  const drawJoined = () => {
    const { shape: [heads, width], values } = answer.outputs;
    const most = values.reduce((high, one) => Math.max(high, Math.abs(one)), 0);
    const colour = signedScale(most);
    const [left, long, high] = [76, isNarrow() ? 220 : 720, 14];
    const stripe = (matrix, y) => draw("image", { x: left, y, width: long, height: high, href: pixels(matrix, colour).toDataURL(), preserveAspectRatio: "none", style: "image-rendering: pixelated" });
    const rows = Array.from({ length: heads }, (_, head) =>
      draw("g", { class: silenced.has(head) ? "hood-faint" : "" }, label(text("hood.head", { number: head + 1 }), { x: left - 8, y: head * 19 + 12, "text-anchor": "end", class: "hood-axis" }), stripe({ shape: [1, width], values: at(answer.outputs, head).values }, head * 19)),
    );
    const y = heads * 19 + 8;
    const sum = [draw("line", { x1: left, x2: left + long, y1: y - 5, y2: y - 5, class: "hood-grid" }), label(text("hood.heads.sum"), { x: left - 8, y: y + 12, "text-anchor": "end", class: "hood-axis" }), stripe({ shape: [1, width], values: answer.total.values }, y)];
    part("joined").replaceChildren(
      createFigure({ name: "heads", caption: "hood.heads.joined", values: { width }, picture: drawing(left + long + 4, y + high + 4, ...rows, ...sum), rows: () => [["head", ...Array.from({ length: width }, (_, place) => place)], ...Array.from({ length: heads }, (_, head) => [head + 1, ...[...at(answer.outputs, head).values].map((one) => Number(one.toFixed(5)))]), ["sum", ...[...answer.total.values].map((one) => Number(one.toFixed(5)))]] }),
    );
  };
  const drawPredictions = () => {
    const figure = (name, tokens, marks) => {
      const bars = tokens.slice(0, 6).map(({ name: word, value }, place) => ({ name: readable(word), value, mark: marks?.[place], shown: percent(value) }));
      return createFigure({ name: `heads-${name}`, caption: `hood.heads.${name}${task === "ask" ? ".ask" : ""}`, picture: drawBars(bars, { most: 1, kind: name === "before" ? "fill-2" : "fill-0" }), rows: () => [["token", "id", "probability"], ...tokens.map((one) => [readable(one.name), one.id, one.value])] });
    };
    part("before").replaceChildren(figure("before", answer.before));
    part("after").replaceChildren(figure("after", answer.after, answer.unsilenced));
    const [best] = answer.before;
    const values = { word: plainName(best.name), before: percent(best.value), after: percent(answer.remaining), off: silenced.size };
    part("reading").replaceChildren(bilingual(silenced.size ? "hood.heads.reading" : "hood.heads.reading.all", values));
  };
  const change = (changes) => {
    ({ layer, query } = { layer, query, ...changes });
    if ("layer" in changes) silenced.clear();
    load();
  };
  const load = async (focused = -1) => {
    notice.clear();
    try {
      const found = await latest.of(api.heads({ ...subject(), kind: kindOf().name, layer, query, silenced: [...silenced] }));
      if (!found) return;
      answer = { ...found, rows: unpack(found.rows), outputs: unpack(found.outputs), total: unpack(found.total) };
      drawControls();
      drawHeads();
      drawJoined();
      drawPredictions();
      if (focused >= 0) part("heads").querySelectorAll(".hood-toggle")[focused]?.focus();
    } catch (error) {
      notice.show(error);
    }
  };

  return {
    async show() {
      const found = seen();
      if (!found?.kinds.length) return;
      if (task !== found.task) silenced.clear();
      task = found.task;
      layer = Math.min(Number(text(`hood.start.heads.${task}`)), kindOf().layers) - 1; /* where switching a head off is felt, in the texts of the tour */
      /* Behind the whole translation only its end is left to predict: the tour stands one token before. */
      query = task === "translate" ? Math.max(0, found.texts[1].pieces.length - 3) : -1;
      await load();
    },
  };
};
