// @ts-check
/* The bias probe: sentence pairs that differ in one group word, with templates that can be edited. */
import { client } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { bilingual, currentTag, format, LANGUAGE_TAGS } from "../lib/i18n.js";
import { createLatest } from "../lib/latest.js";
import { noticeIn } from "../lib/notice.js";
import { createBiasFigure } from "./bias_figure.js";
import { createChoice } from "./choice.js";

/** @typedef {import("../types").ProbeBiasRequest["task"]} Task */

/** The name of a language in that language. @param {string} tag */
const ownName = (tag) => new Intl.DisplayNames([tag], { type: "language" }).of(tag.split("-")[0]) ?? tag;

/** @param {import("./tour.js").StepContext} context */
export const mount = ({ element, server, say }) => {
  const api = /** @type {import("../types").BiasServer} */ (client(server));
  const part = parts(element);
  const notice = noticeIn(part("bias-problem"));
  const figure = createBiasFigure(element);
  const latest = createLatest();
  /** @type {Task} */
  let task = "generate";
  let tag = currentTag();
  /** @type {import("../types").ProbeSettingsResponse | null} */
  let settings = null;

  const fill = () => {
    part("bias-templates").value = format(tag, `hood.bias.${task}.templates`);
    part("bias-attributes").value = format(tag, `hood.bias.${task}.attributes`);
    const { templates, attributes, characters } = settings ?? {};
    part("bias-syntax").replaceChildren(bilingual(`hood.bias.${task}.syntax`), " ", bilingual("hood.bias.most", { templates, attributes, characters }));
  };
  const drawControls = () => {
    const models = settings?.models ?? [];
    const tasks = models.map((one) => ({ value: one.task, label: bilingual(`hood.task.${one.task}`), disabled: !one.model }));
    const taskChoice = createChoice("hood.models", tasks, task, (value) => {
      task = /** @type {Task} */ (value);
      restart();
    });
    const languages = LANGUAGE_TAGS.map((value) => ({ value, label: ownName(value) }));
    const languageChoice = createChoice("hood.bias.language", languages, tag, (value) => {
      tag = value;
      restart();
    });
    part("bias-controls").replaceChildren(taskChoice, ...(task === "translate" ? [] : [languageChoice]));
    const missing = models.filter((one) => !one.model);
    part("bias-unable").replaceChildren(...missing.map((one) => create("span", {}, bilingual(`hood.bias.missing.${one.task}`), " ")));
  };
  const restart = () => {
    drawControls();
    fill();
    measure();
  };
  const setRunning = (/** @type {boolean} */ on) => {
    part("bias-stop").setAttribute("aria-disabled", String(!on));
    part("bias-progress").replaceChildren(...(on ? [bilingual("hood.bias.measuring")] : []));
  };
  const measure = async () => {
    notice.clear();
    setRunning(true);
    const asked = task;
    try {
      const found = await latest.of(api.probe_bias({ task, templates: part("bias-templates").value, attributes: part("bias-attributes").value }));
      if (!found) return;
      figure.show(found, asked);
      say("hood.bias.said", { pairs: found.pairs.length });
    } catch (error) {
      figure.clear();
      notice.show(error);
    }
    setRunning(false);
  };
  const stop = async () => {
    if (part("bias-stop").getAttribute("aria-disabled") === "true") return;
    try {
      await api.stop_bias_probe();
    } catch (error) {
      notice.show(error);
    }
  };
  part("bias-form").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    measure();
  });
  part("bias-reset").addEventListener("click", restart);
  part("bias-stop").addEventListener("click", stop);

  let language = ""; /* of the example that is shown; empty until the settings have come */
  return {
    async show() {
      if (language === currentTag()) {
        figure.drawFigure();
        return;
      }
      try {
        settings ??= await api.probe_settings();
      } catch (error) {
        notice.show(error);
        return;
      }
      language = tag = currentTag();
      restart();
    },
  };
};
