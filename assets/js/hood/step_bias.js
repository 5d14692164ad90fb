// @ts-check
/* The bias probe: sentence pairs that differ in one group word, with templates that can be edited. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, currentTag, format, LANGUAGE_TAGS, text } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { createChoice } from "./choice.js";
import { createFigure } from "./figure.js";
import { drawIntervals } from "./intervals.js";
import { createLatest } from "../lib/latest.js";

/** @typedef {import("../types").ProbeBiasResponse} Probe */
/** @typedef {import("../types").ProbeBiasRequest["task"]} Task */

const SIGNED = new Intl.NumberFormat("en", { signDisplay: "exceptZero", minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A difference with its sign. @param {number} value */
const signed = (value) => SIGNED.format(value).replace("-", "−");

/** The share of the first of two, given the difference of their log-probabilities. @param {number} difference */
export const shareOf = (difference) => 1 / (1 + Math.exp(-difference));

/** A share as percent, with a digit behind the point near none and all. @param {number} share */
const percent = (share) => `${(100 * share).toFixed(share < 0.01 || share > 0.99 ? 1 : 0)}%`;

/** @param {import("../types").IntervalItem} interval */
const span = ({ low, high }) => (low === null || high === null ? "" : ` [${signed(low)}, ${signed(high)}]`);

/** The words of the two groups in a line of templates. @param {string} templates @returns {string[]} */
export const groupsOf = (templates) => {
  const [, first = "", second = ""] = /[[［【]([^|｜\]］】]*)[|｜]([^\]］】]*)[\]］】]/.exec(templates) ?? [];
  return [first.trim(), second.trim()];
};

/** @param {Probe} found @returns {(string | number)[][]} */
const rowsOf = (found) => [
  ["template", "attribute", "source", "first", "second", "score_first", "score_second", "difference"],
  ...found.pairs.map((one) => [one.template + 1, one.attribute, one.source, one.first, one.second, one.first_score, one.second_score, Number((one.first_score - one.second_score).toFixed(4))]),
  [],
  ["attribute", "mean", "low", "high", "beside_mean", "beside_low", "beside_high"],
  ...found.rows.map(({ attribute, difference, beside }) => [attribute, difference.mean, difference.low ?? "", difference.high ?? "", beside.mean, beside.low ?? "", beside.high ?? ""]),
];

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, say }) => {
  const api = /** @type {import("../types").BiasServer} */ (client(server));
  const part = parts(element);
  const notice = noticeIn(part("bias-problem"));
  const latest = createLatest();
  /** @type {Task} */
  let task = "generate";
  let tag = currentTag();
  let view = "difference";
  /** @type {import("../types").ProbeSettingsResponse | null} */
  let settings = null;
  /** @type {{ found: Probe, groups: string[], task: Task } | null} */
  let shown = null;

  const example = (/** @type {string} */ what) => format(tag, `hood.bias.${task}.${what}`);
  const fill = () => {
    part("bias-templates").value = example("templates");
    part("bias-attributes").value = example("attributes");
    part("bias-syntax").replaceChildren(bilingual(`hood.bias.${task}.syntax`), " ", bilingual("hood.bias.most", { templates: settings?.templates, attributes: settings?.attributes, characters: settings?.characters }));
  };
  const drawControls = () => {
    const able = (/** @type {Task} */ one) => settings?.models.find((model) => model.task === one)?.model;
    const tasks = /** @type {Task[]} */ (["generate", "search", "translate"]);
    const models = createChoice("hood.models", tasks.map((value) => ({ value, label: bilingual(`hood.task.${value}`), disabled: !able(value) })), task, (value) => {
      task = /** @type {Task} */ (value);
      restart();
    });
    const languages = createChoice("hood.bias.language", LANGUAGE_TAGS.map((value) => ({ value, label: new Intl.DisplayNames([value], { type: "language" }).of(value.split("-")[0]) ?? value })), tag, (value) => {
      tag = value;
      restart();
    });
    part("bias-controls").replaceChildren(models, ...(task === "translate" ? [] : [languages]));
    const missing = tasks.filter((one) => !able(one));
    part("bias-unable").replaceChildren(...missing.map((one) => create("span", {}, bilingual(`hood.bias.missing.${one}`), " ")));
  };
  const restart = () => {
    drawControls();
    fill();
    measure();
  };
  const drawReading = () => {
    if (!shown) return;
    const { found, groups: [first, second], task: of } = shown;
    const ordered = [...found.rows].sort((a, b) => b.difference.mean - a.difference.mean);
    const [most, least] = [ordered[0], ordered[ordered.length - 1]];
    const value = (/** @type {number} */ mean) => (of === "search" ? signed(mean) : percent(shareOf(mean)));
    part("bias-reading").replaceChildren(bilingual(`hood.bias.reading.${of}`, { first, second, most: most.attribute, least: least.attribute, high: value(most.difference.mean), low: value(least.difference.mean), model: found.model }));
  };
  const drawFigure = () => {
    if (!shown) return;
    const { found, groups: [first, second], task: of } = shown;
    const beside = view === "beside";
    const rows = found.rows.map((row) => {
      const interval = beside ? row.beside : row.difference;
      return { name: row.attribute, ...interval, shown: of === "search" || beside ? signed(interval.mean) : `${signed(interval.mean)} · ${percent(shareOf(interval.mean))}` };
    });
    const picture = drawIntervals(rows, { left: second, right: first, mean: beside ? null : found.mean.mean, meanName: text("hood.bias.mean") });
    const described = rows.map((row) => `${row.name} ${signed(row.mean)}${span({ ...row })}`).join("; ");
    part("bias-figure").replaceChildren(
      createFigure({ name: `bias-${of}`, caption: `hood.bias.caption.${beside ? "beside" : of}`, values: { first, second, templates: found.templates }, alt: "hood.bias.alt", altValues: { described }, picture, rows: () => rowsOf(found), data: () => found }),
    );
    part("bias-view").replaceChildren(createChoice("hood.bias.view", ["difference", "beside"].map((value) => ({ value, label: bilingual(`hood.bias.view.${value}`) })), view, (value) => {
      view = value;
      drawFigure();
      part("bias-view").querySelector("input:checked")?.focus();
    }));
  };
  const drawPairs = () => {
    if (!shown) return;
    const { found, task: of } = shown;
    const digits = of === "search" ? 3 : 2;
    const cells = (/** @type {import("../types").MeasuredPairItem} */ one) => [of === "generate" ? "" : one.source || one.attribute, one.first, one.second, one.first_score.toFixed(digits), one.second_score.toFixed(digits), signed(one.first_score - one.second_score)].slice(of === "generate" ? 1 : 0);
    const heads = ["source", "first", "second", "score", "score", "difference"].slice(of === "generate" ? 1 : 0);
    part("bias-pairs").replaceChildren(
      create(
        "table",
        { className: "hood-differences" },
        create("caption", { className: "unseen", id: "bias-pairs" }, bilingual("hood.bias.pairs")),
        create("thead", {}, create("tr", {}, ...heads.map((name) => create("th", { scope: "col" }, bilingual(`hood.bias.column.${name}${name === "score" && of === "search" ? ".cosine" : ""}`))))),
        create("tbody", {}, ...found.pairs.map((one) => create("tr", {}, ...cells(one).map((words) => create("td", { textContent: words, dir: "auto" }))))),
      ),
    );
  };
  const draw = () => {
    part("bias-result").hidden = !shown;
    drawReading();
    drawFigure();
    drawPairs();
  };
  const setRunning = (/** @type {boolean} */ on) => {
    part("bias-stop").setAttribute("aria-disabled", String(!on));
    part("bias-progress").replaceChildren(...(on ? [bilingual("hood.bias.measuring")] : []));
  };
  const measure = async () => {
    notice.clear();
    setRunning(true);
    const [templates, attributes, asked] = [part("bias-templates").value, part("bias-attributes").value, task];
    try {
      const found = await latest.of(api.probe_bias({ task: asked, templates, attributes }));
      if (!found) return;
      shown = { found, groups: groupsOf(templates), task: asked };
      draw();
      say("hood.bias.said", { pairs: found.pairs.length });
    } catch (error) {
      shown = null;
      draw();
      notice.show(error);
    }
    setRunning(false);
  };
  part("bias-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    measure();
  });
  part("bias-reset").addEventListener("click", restart);
  part("bias-stop").addEventListener("click", async () => {
    if (part("bias-stop").getAttribute("aria-disabled") === "true") return;
    try {
      await api.stop_bias_probe();
    } catch (error) {
      notice.show(error);
    }
  });

  let language = "";
  return {
    async show() {
      if (language === currentTag()) {
        drawFigure(); /* in the colours and the width of now */
        return;
      }
      language = tag = currentTag();
      settings ??= await api.probe_settings();
      restart();
    },
  };
};
