// @ts-check
/* The live training: a form, the curve of the loss, what the model writes as it learns, and one step on a word. */
import { client, download, RequestError, uploadStream } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { saveFile } from "../lib/files.js";
import { bilingual, currentTag } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { holdTrainedModel, writeWithTrainedModel } from "../lib/trained_model.js";
import { drawCurves } from "./curve.js";
import { CURVE } from "./curve_geometry.js";
import { createFigure } from "./figure.js";
import { drawPassage, passageRows } from "./losses.js";
import { numberWords } from "../lib/number_words.js";
import { drawing } from "./svg.js";
import { mountWord } from "./word_step.js";

/** Figures that are told with a comma at the thousands. @type {("characters" | "used" | "training" | "validation" | "vocabulary" | "distinct")[]} */
const COUNTS = ["characters", "used", "training", "validation", "vocabulary", "distinct"];
const MOST_SENT = 200_000; /* characters; the server uses fewer and says so */

/** What is known of a training.
 * @param {import("../types").TrainingPlanLine} plan */
const begin = (plan) => ({
  plan,
  curves: { steps: plan.steps, uniform: plan.uniform_loss, training: [], validation: [] },
  /** @type {import("../types").SnapshotItem[]} */
  snapshots: [],
  seconds: 0,
});

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, say }) => {
  const api = /** @type {import("../types").TrainingServer} */ (client(server));
  const part = parts(element);
  const notice = noticeIn(part("train-problem"));
  const tryNotice = noticeIn(part("try-problem"));
  const word = mountWord(element, api);
  /** @type {any} */
  let run = null;
  let running = false;
  let begun = false; /* the training that was asked for last */
  let svg = drawing(CURVE.width, CURVE.height);

  const setRunning = (/** @type {boolean} */ on) => {
    part("train-start").setAttribute("aria-disabled", String(on));
    part("train-stop").setAttribute("aria-disabled", String(!on));
  };
  const drawFacts = () => {
    const { plan } = run;
    const keys = ["hood.training.facts", plan.characters > plan.used && "hood.training.cut", plan.distinct > ownCharacters(plan) && "hood.training.rare", plan.distinct === 1 && "hood.training.one", plan.validation === 0 && "hood.training.no-validation"];
    part("train-facts").replaceChildren(...keys.filter(Boolean).map((key) => create("span", {}, bilingual(key, figuresOf(plan)), " ")));
  };
  const drawFigure = () => {
    svg = drawing(CURVE.width, CURVE.height);
    const { curves, plan } = run;
    const last = curves.training.at(-1) ?? [0, plan.uniform_loss];
    const held = curves.validation.at(-1);
    const values = { uniform: plan.uniform_loss.toFixed(2), vocabulary: plan.vocabulary, step: last[0], loss: last[1].toFixed(2), validation: held ? held[1].toFixed(2) : "–" };
    const rows = () => [["step", "training", "validation"], ...curves.training.map((/** @type {any} */ [step, loss]) => [step, loss, new Map(curves.validation).get(step) ?? ""])];
    part("train-curve").replaceChildren(createFigure({ name: "training-loss", caption: "hood.training.curve", values, alt: "hood.training.curve.alt", altValues: values, picture: svg, rows }));
    drawCurves(svg, curves);
  };
  const drawSamples = () => {
    const { plan, snapshots } = run;
    const rows = snapshots.map((/** @type {any} */ { step, sample }) =>
      create("li", {}, create("span", { className: "training-step note" }, bilingual("hood.training.after", { step })), create("p", { dir: "auto" }, create("b", { textContent: plan.prompt }), sample)),
    );
    part("train-samples").replaceChildren(...rows);
  };
  const drawLosses = () => {
    const { plan, snapshots } = run;
    const chosen = snapshots[Number(part("train-moment").value)];
    if (!chosen) return;
    part("train-moment-step").replaceChildren(bilingual("hood.training.after", { step: chosen.step }));
    const picture = drawPassage(plan.passage, chosen.losses, plan.uniform_loss);
    part("train-passage").replaceChildren(createFigure({ name: "training-tokens", caption: "hood.training.passage.caption", values: { uniform: plan.uniform_loss.toFixed(2) }, picture, rows: () => passageRows(plan.passage, chosen.losses) }));
  };
  const drawLearned = () => {
    const moment = part("train-moment");
    const follows = moment.value === moment.max;
    moment.max = String(run.snapshots.length - 1);
    if (follows) moment.value = moment.max;
    part("train-learned").hidden = false;
    drawSamples();
    drawLosses();
  };
  const drawProgress = () => {
    const { plan, curves, seconds } = run;
    const [step] = curves.training.at(-1) ?? [0];
    part("train-progress").replaceChildren(bilingual("hood.training.progress", { step, steps: plan.steps, speed: seconds ? (step / seconds).toFixed(0) : "–", seconds: seconds.toFixed(0) }));
  };
  const redraw = () => {
    if (!run) return;
    drawFacts();
    drawFigure();
    drawLearned();
    drawProgress();
  };

  /** @param {import("../types").TrainingLine} line */
  const take = (line) => {
    if (line.plan) {
      run = begin(line.plan);
      holdTrainedModel(""); /* the former one is gone */
      begun = true;
      part("train-moment").max = part("train-moment").value = "0";
      drawFacts();
      drawFigure();
      say("hood.training.said.running", figuresOf(line.plan));
    }
    if (line.state === "waiting") {
      part("train-progress").replaceChildren(bilingual("hood.training.waiting"));
      say("hood.training.waiting");
      return;
    }
    if (!begun) {
      if (line.state === "stopped") tellStopped();
      return;
    }
    run.curves.training.push(...line.losses);
    run.curves.validation.push(...line.validation);
    run.seconds = line.seconds ?? run.seconds;
    if (line.losses.length) drawCurves(svg, run.curves);
    if (line.snapshots.length) {
      run.snapshots.push(...line.snapshots);
      drawLearned();
    }
    drawProgress();
    if (line.state !== "running") end(line.state);
  };
  /* Stopped before its turn came. */
  const tellStopped = () => {
    part("train-progress").replaceChildren(bilingual("errors.stopped"));
    part("train-try").hidden = !run; /* that of an earlier training */
    say("errors.stopped");
  };
  const end = (/** @type {string} */ state) => {
    const [step, loss] = run.curves.training.at(-1) ?? [0, run.plan.uniform_loss];
    drawFigure();
    part("train-try").hidden = false;
    holdTrainedModel(run.plan.id);
    part("try-prompt").value ||= run.plan.prompt;
    say(`hood.training.said.${state}`, { step, loss: loss.toFixed(2), uniform: run.plan.uniform_loss.toFixed(2), seconds: run.seconds.toFixed(0) });
  };
  const train = async () => {
    if (running) return;
    const text = part("train-text").value;
    const request = { text: text.slice(0, MOST_SENT), characters: text.length, prompt: part("train-prompt").value, overfit: part("train-overfit").checked, seed: Math.max(0, Math.trunc(Number(part("train-seed").value)) || 0) };
    running = true;
    begun = false;
    setRunning(true);
    notice.clear();
    part("train-try").hidden = true;
    part("train-tried").replaceChildren();
    part("train-progress").replaceChildren(bilingual("hood.training.preparing"));
    say("hood.training.preparing");
    try {
      for await (const line of uploadStream("hood/train", request, [])) {
        if (line.problem) throw new RequestError(line.problem);
        take(line);
      }
    } catch (error) {
      part("train-progress").replaceChildren();
      notice.show(error);
    } finally {
      running = false;
      setRunning(false);
    }
  };

  part("train-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    train();
  });
  part("train-stop").addEventListener("click", async () => {
    if (!running) return;
    try {
      await api.stop_training();
    } catch (error) {
      notice.show(error);
    }
  });
  part("train-moment").addEventListener("input", drawLosses);
  part("try-form").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const prompt = part("try-prompt").value;
    try {
      const { text } = await api.continue_trained({ id: run.plan.id, prompt, seed: Math.floor(Math.random() * 2 ** 31) });
      part("train-tried").replaceChildren(create("b", { textContent: prompt }), text);
      tryNotice.clear();
    } catch (error) {
      tryNotice.show(error);
    }
  });
  part("train-generate").addEventListener("click", () => writeWithTrainedModel(part("try-prompt").value));
  part("train-save").addEventListener("click", async () => {
    try {
      const { name, blob } = await download("hood/train/model", { id: run.plan.id });
      saveFile(name, blob);
      tryNotice.clear();
    } catch (error) {
      tryNotice.show(error);
    }
  });

  let tag = "";
  return {
    show() {
      if (tag !== currentTag()) {
        tag = currentTag();
        redraw();
      }
      return word.show();
    },
  };
};

const MARKS = 4; /* <unk>, <s>, </s> and the line break */

/** Characters of the text with a token of their own.
 * @param {import("../types").TrainingPlanLine} plan */
const ownCharacters = (plan) => Math.min(plan.distinct, plan.vocabulary - MARKS);

/** The figures of a plan, for sentences.
 * @param {import("../types").TrainingPlanLine} plan */
const figuresOf = (plan) => ({
  ...plan,
  ...Object.fromEntries(COUNTS.map((name) => [name, plan[name].toLocaleString("en")])),
  own: ownCharacters(plan).toLocaleString("en"), uniform: plan.uniform_loss.toFixed(2), parameters: numberWords(plan.parameters), tokens: plan.rows * plan.window,
});
