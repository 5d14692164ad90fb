// @ts-check
/* The next word: probabilities under the settings of sampling, draws against expectation, and beam search. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { drawBars, percent } from "./bars.js";
import { drawBeamTree } from "./beam_tree.js";
import { createChoice } from "./choice.js";
import { createFigure } from "./figure.js";
import { createLatest } from "../lib/latest.js";
import { plainName, readable, shownText } from "./pieces.js";
import { sampleSubject } from "./subjects.js";

const [SHOWN, DRAWS, FIRST_SEED] = [12, 100, 42];

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, subject, seen, notice, say }) => {
  const api = /** @type {import("../types").InspectionServer} */ (client(server));
  const part = parts(element);
  const [latest, latestDraws, latestTree] = [createLatest(), createLatest(), createLatest()];
  const inputs = /** @type {HTMLInputElement[]} */ ([...element.querySelectorAll("[data-setting]")]);
  let [beams, position, seed] = [3, -1, FIRST_SEED];
  /** @type {import("../types").NextTokenResponse | null} */
  let found = null;
  /** @type {Map<number, number>} */
  let drawn = new Map();

  const settings = () => Object.fromEntries(inputs.map((input) => [input.dataset.setting, input.valueAsNumber]));
  const request = () => ({ ...subject(), ...settings(), position });
  const drawPredictions = () => {
    const tokens = found.tokens.slice(0, SHOWN);
    const counted = drawn.size > 0;
    const bars = tokens.map(({ id, name, model, sampling }) => ({
      name: readable(name),
      value: counted ? (drawn.get(id) ?? 0) / DRAWS : sampling,
      mark: counted ? sampling : model,
      shown: counted ? `${drawn.get(id) ?? 0} / ${(100 * sampling).toFixed(1)}` : percent(sampling),
      faint: sampling === 0,
    }));
    const rows = () => [["token", "id", "model", "sampling", "drawn"], ...found.tokens.map((one) => [readable(one.name), one.id, one.model, one.sampling, drawn.get(one.id) ?? 0])];
    part("bars").replaceChildren(createFigure({ name: "next-token", caption: counted ? "hood.next.drawn" : "hood.next.caption", values: { draws: DRAWS }, picture: drawBars(bars, { kind: counted ? "fill-1" : "fill-2" }), rows }));
    const [best] = found.tokens;
    part("reading").replaceChildren(bilingual("hood.next.reading", { word: plainName(best.name), share: percent(best.sampling), allowed: found.allowed, bits: found.entropy.toFixed(1) }));
  };
  const showValues = () => {
    for (const input of inputs) part(`${input.dataset.setting}-value`).textContent = String(input.valueAsNumber);
  };
  const load = async () => {
    drawn = new Map();
    latestDraws.drop();
    showValues();
    try {
      const answer = await latest.of(api.next(request()));
      if (!answer) return;
      found = answer;
      drawPredictions();
    } catch (error) {
      notice.show(error);
    }
  };
  const sample = async () => {
    try {
      const answer = await latestDraws.of(api.samples({ ...request(), count: DRAWS, seed }));
      if (!answer || !found) return;
      seed += 1;
      drawn = new Map(answer.counts);
      drawPredictions();
      say("hood.next.sampled", { draws: DRAWS, different: drawn.size });
    } catch (error) {
      notice.show(error);
    }
  };
  const drawControls = () => {
    const { pieces } = seen().texts[seen().texts.length - 1];
    const list = create("select", {}, ...pieces.map((piece, place) => create("option", { value: place, textContent: `${place + 1} ${shownText(piece)}`, selected: place === (position < 0 ? pieces.length - 1 : position) })));
    list.addEventListener("change", () => {
      position = Number(list.value);
      load();
    });
    part("controls").replaceChildren(create("label", { className: "hood-choice" }, create("span", { className: "hood-choice-title" }, bilingual("hood.next.behind")), list));
  };
  /* The tree is the translator's, whichever model is looked into; the writer's step shows the tour's sentence. */
  const searched = () => (subject().task === "translate" ? subject() : sampleSubject("next", "translate"));
  const search = async () => {
    const stop = create("button", { type: "button", className: "pill-button small" }, bilingual("hood.beams.stop"));
    stop.addEventListener("click", () => api.stop_beams());
    const choice = createChoice("hood.beams.count", [2, 3, 4, 5].map((value) => ({ value, label: String(value) })), beams, (value) => {
      beams = Number(value);
      search().then(() => part("beam-controls").querySelector("input:checked")?.focus());
    });
    part("beam-controls").replaceChildren(choice, stop);
    const asked = searched();
    try {
      const answer = await latestTree.of(api.beams({ ...asked, beams }));
      if (!answer) return;
      stop.remove();
      const texts = answer.texts.map((one, place) => [String(place + 1), one.text, one.score]);
      part("tree").replaceChildren(
        createFigure({ name: "beam-search", caption: "hood.beams.caption", values: { text: asked.text, beams }, picture: drawBeamTree(answer), rows: () => [["node", "parent", "step", "token", "log_probability", "state"], ...answer.nodes.map((one, place) => [place, one.parent, one.step, readable(one.name), one.score, one.state])] }),
      );
      const line = (key, words, score, classes = "") => create("li", { className: classes }, create("span", { className: "note" }, bilingual(key)), create("span", { textContent: words, dir: "auto" }), create("span", { className: "hood-similar-value", textContent: score.toFixed(2).replace("-", "−") }));
      const lines = [line("hood.beams.greedy", answer.greedy_text.text, answer.greedy_text.score), ...texts.map(([, words, score], place) => line(place ? "hood.beams.other" : "hood.beams.best", words, score, place ? "" : "best"))];
      part("found").replaceChildren(create("ol", { className: "hood-found" }, ...lines));
    } catch (error) {
      notice.show(error);
    }
  };
  for (const input of inputs) input.addEventListener("input", load);
  part("sample").addEventListener("click", sample);
  part("reset").addEventListener("click", () => {
    for (const input of inputs) input.value = input.dataset.start;
    load();
  });

  return {
    async show() {
      if (!seen()) return;
      /* Behind a whole translation only its end is left to predict: the tour stands a token before. */
      position = subject().task === "translate" ? Math.max(0, seen().texts[1].pieces.length - 3) : -1;
      drawControls();
      await Promise.all([load(), search()]);
    },
  };
};
