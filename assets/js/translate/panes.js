// @ts-check
/* Both panes: what is pressed and typed in them. */
import { reveal } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { copyShown, saveText } from "../lib/files.js";
import { seeInside } from "../lib/inside.js";
import { ARROWS, isComposing } from "../lib/keys.js";
import { withNotice } from "../lib/provenance.js";
import { createComparison } from "./comparison.js";
import { createDictionary } from "./dictionary.js";
import { createDirectionView } from "./direction_view.js";
import { takeExample } from "./examples.js";
import { createUpdateStream } from "./update_stream.js";
import { wipe } from "./highlights.js";
import { createReadAloud } from "./read_aloud.js";
import { createPane } from "./pane.js";
import { createAlignment } from "./alignment.js";
import { createRequests } from "./requests.js";
import { createResult } from "./result.js";
import { createSentenceView } from "./sentence.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {ReturnType<typeof build>} Parts */

/** @param {import("../index.js").Component} component */
const build = (component) => {
  const pane = createPane(component);
  const readAloud = createReadAloud(pane);
  const result = createResult(pane, readAloud);
  const dictionary = createDictionary(pane);
  const alignment = createAlignment(pane, dictionary);
  const directionView = createDirectionView(pane);
  const sentence = createSentenceView({ pane, result, alignment, dictionary });
  const requests = createRequests({ pane, result, directionView, sentence, dictionary });
  /* This run, and no other, from now on. */
  const use = (/** @type {Run} */ run) => {
    if (pane.run === run) return;
    sentence.close(false);
    dictionary.close();
    alignment.clear();
    wipe("translate-term");
    pane.run = run;
    result.showTyped();
  };
  const comparison = createComparison(pane, (run) => {
    use(run);
    result.grow();
  });
  const follow = createUpdateStream({ pane, result, directionView, comparison, requests, use });
  return { pane, readAloud, result, dictionary, directionView, sentence, requests, comparison, follow };
};

/** What the buttons do, by their `data-act`.
 * @param {Parts} parts @returns {Record<string, (button: HTMLElement) => unknown>} */
const actions = ({ pane, result, directionView, sentence, requests, comparison }) => {
  const { area, direction, status } = pane;
  const swap = () => {
    const source = direction.from;
    if (!source || !direction.ways(direction.target, source).length) return status.say("translate.status.no_swap");
    const text = pane.translation();
    if (text.trim()) area.value = text;
    direction.chosen = true;
    direction.guess = null;
    directionView.set(direction.target, source);
    result.showTyped();
    if (area.value.trim()) requests.translate();
    return area.focus();
  };
  /** @param {string} words */
  const marked = (words) => (pane.run?.route ? withNotice(words, "translated", pane.run.route[2]) : words);
  return {
    translate: () => requests.translate(),
    stop: requests.stop,
    swap,
    clear: () => {
      area.value = "";
      requests.clear();
      area.focus();
    },
    copy: async () => {
      const copied = await copyShown("#translate [data-part=pane]", marked);
      status.say(copied ? "translate.status.copied" : "translate.status.nothing");
    },
    download: () => {
      const file = `translation.${pane.run?.target}.txt`;
      saveText(file, `${marked(pane.translation())}\n`);
      status.say("translate.status.saved", { file });
    },
    inside: () => {
      const { run } = pane;
      if (!run?.pairs.length) return;
      const [pair] = run.pairs;
      seeInside({ task: "translate", text: run.text.slice(pair.start, pair.start + pair.length), translation: pair.text, source: run.source, target: run.target, ...(run.route?.[3] ? { translation: "", target: run.route[3] } : {}) });
    },
    compare: () => {
      comparison.begin();
      requests.compare();
    },
    live: (button) => {
      pane.live = !pane.live;
      button.setAttribute("aria-pressed", String(pane.live));
      if (pane.live && area.value.trim() && !pane.fits()) requests.changed();
      result.showFormer();
    },
    "switch-source": () => {
      directionView.set(pane.run?.looks ?? direction.source, direction.target);
      requests.translate();
      area.focus();
    },
    take: (button) => comparison.take(button.dataset.side ?? ""),
    "close-sentence": () => sentence.close(true),
    "close-compare": comparison.close,
  };
};

/** @param {Parts} parts */
const bindButtons = (parts) => {
  const { pane, readAloud, result, sentence } = parts;
  const acts = actions(parts);
  pane.element.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const button = target.closest("button");
    if (button?.getAttribute("aria-disabled") === "true") return;
    if (button?.dataset.act) acts[button.dataset.act](button);
    else if (button?.dataset.listen) readAloud.toggle(button.dataset.listen);
    else if (button?.classList.contains("choice")) sentence.replace(Number(button.dataset.place));
    else {
      const span = /** @type {HTMLElement | null} */ (target.closest(".said"));
      if (!span || !document.getSelection()?.isCollapsed) return;
      result.reach(span);
      sentence.open(Number(span.dataset.i), false);
    }
  });
};

/** Typing is translated when it pauses; while an input method puts a word together, it does not count as typed.
 * @param {Parts} parts */
const bindTyping = ({ pane: { area }, result, requests }) => {
  area.addEventListener("input", (event) => {
    if (/** @type {InputEvent} */ (event).isComposing) result.showTyped();
    else requests.changed();
  });
  area.addEventListener("compositionstart", requests.hold);
  area.addEventListener("compositionend", requests.changed);
};

/** @param {Parts} parts */
const bindChoices = ({ pane: { element, part, area, direction }, directionView, requests }) => {
  element.addEventListener("change", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const side = input.dataset.side ?? input.name?.replace("translate-", "");
    if (input === part("model")) {
      direction.model = input.value;
      if (area.value.trim()) requests.translate();
    } else if (side === "source" || side === "target") {
      direction.chosen ||= side === "target";
      if (side === "source") directionView.set(input.value, direction.target);
      else directionView.set(direction.source, input.value);
      if (area.value.trim()) requests.translate({ typed: true });
    }
  });
};

/** @param {Parts} parts */
const bindKeys = ({ pane, result, dictionary, sentence, requests }) => {
  const { element, part, area } = pane;
  const escape = () => {
    if (dictionary.isOpen()) dictionary.close();
    else if (pane.opened !== null) sentence.close(true);
    else if (pane.run && !pane.run.end) requests.stop();
  };
  element.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const { key } = event;
    const target = /** @type {Element} */ (event.target);
    const span = /** @type {HTMLElement | null} */ (target.closest(".said"));
    const list = [".choice", ".word-piece"].find((selector) => target.closest(selector));
    if (key === "Enter" && (event.ctrlKey || event.metaKey) && target === area) {
      event.preventDefault();
      requests.translate();
    } else if (key === "Escape") {
      escape();
    } else if (span && (key === "Enter" || key === " ")) {
      event.preventDefault();
      sentence.open(Number(span.dataset.i), true);
    } else if (span && key in ARROWS) {
      event.preventDefault();
      const next = pane.spanOf(Number(span.dataset.i) + ARROWS[key]);
      if (!next) return;
      result.reach(next);
      next.focus();
    } else if (list && key in ARROWS) {
      event.preventDefault();
      const row = [...part("sentence").querySelectorAll(list)];
      row[row.indexOf(target.closest(list)) + ARROWS[key]]?.focus();
    }
  });
};

/** What the other components of the tab have to tell.
 * @param {Parts} parts @returns {() => void} shows an example that was chosen before */
const bindEvents = ({ pane, result, directionView, requests }) => {
  const { part, area, direction } = pane;
  /* A text as if it had been typed, with its language left to be detected. */
  const show = () => {
    const example = takeExample();
    if (!example) return;
    area.value = example.text;
    direction.chosen = false;
    direction.guess = null;
    directionView.set("auto", direction.likely(example.language));
    result.showTyped();
    requests.translate();
    reveal("#translate");
  };
  listen("translate:example-chosen", show);
  /* A failure, as HTML made and escaped by the server; empty when all is well again. */
  listen("translate:problem-changed", (/** @type {string} */ html) => {
    part("problem").innerHTML = html;
    part("problem").hidden = false;
    result.showFormer();
  });
  /* What stands there was made with other terms. */
  listen("translate:term-changed", (/** @type {string} */ term) => {
    const occurs = pane.fits() && area.value.toLowerCase().includes(term.toLowerCase());
    if (occurs && pane.comesByItself()) requests.translate({ typed: true });
  });
  return show;
};

/** @param {import("../index.js").Component} component */
export const mount = (component) => {
  const parts = build(component);
  for (const bind of [bindButtons, bindTyping, bindChoices, bindKeys]) bind(parts);
  const showExample = bindEvents(parts);
  const follow = () => parts.follow(component.props.value || "");
  component.watch("value", follow);
  parts.result.showTyped();
  parts.directionView.show();
  parts.result.showState();
  follow();
  showExample();
};
