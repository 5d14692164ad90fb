// @ts-check
/* Two models side by side: one prompt, both at once, and a vote whose names are shown only then. */
import { client, RequestError, uploadStream } from "../lib/client.js";
import { option, collectionOption, searchable } from "../lib/collections.js";
import { markedDifferences } from "../lib/differences.js";
import { parts, reveal } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { fileSize } from "../lib/figures.js";
import { bilingual, currentTag, format, onLanguageChange, text } from "../lib/i18n.js";
import { isComposing } from "../lib/keys.js";
import { createLatest } from "../lib/latest.js";
import { noticeIn } from "../lib/notice.js";
import { statusLine } from "../lib/status.js";
import { createSide, rankingList, sideWords } from "./comparison_side.js";
import { movesOf } from "./ranks.js";
import { createVotes } from "./votes.js";
import { languageName, nameOf } from "./words.js";

/** @typedef {import("../types").ComparedModelsResponse} Choices */
/** @typedef {import("../types").ComparisonLine} ComparisonLine */
/** @typedef {import("../types").CompareRequest} CompareRequest */

const SIDES = /** @type {const} */ (["left", "right"]);
const FEWEST = 2;

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const api = /** @type {import("../types").ComparisonServer} */ (client(server));
  const part = parts(element);
  const form = /** @type {HTMLFormElement} */ (part("form"));
  const fields = /** @type {any} */ (form.elements);
  const notice = noticeIn(part("problem"));
  const status = statusLine("#compare-status");
  const sides = SIDES.map((side) => createSide(element, side));
  const latest = createLatest();
  const stop = /** @type {HTMLElement} */ (element.querySelector("[data-act=stop]"));
  /** @type {Choices} */
  let choices = { models: [], targets: [], collections: [], operator: true };
  /** @type {Map<string, import("../types").ComparedModelItem>} the models of all tasks that were seen, by task and name */
  const known = new Map();
  let ballot = "";
  /** @type {CompareRequest | null} what runs, or what ran last */
  let asked = null;
  let running = false;

  const task = () => /** @type {CompareRequest["task"]} */ (fields.task.value);
  /** The name of a model, by language tag. @param {string} of @param {string} name */
  const named = (of, name) => (/** @type {string} */ tag) => nameOf(known.get(`${of} ${name}`) ?? { name, bundled: false })(tag);
  const votes = createVotes(element, api, { say: status.say, failed: notice.show, nameOf: (of) => (name) => named(of, name) });

  /* ---- what can be chosen --------------------------------------------------------------------------- */

  const chosen = () => ["first", "second"].map((field) => choices.models.find(({ name }) => name === fields[field].value));
  /** @param {HTMLSelectElement} select @param {HTMLOptionElement[]} options @param {number} place that is chosen by default */
  const fill = (select, options, place = 0) => {
    const former = select.value;
    select.replaceChildren(...options);
    const kept = options.some(({ value }) => value === former);
    select.value = kept ? former : (options[place]?.value ?? "");
  };
  const showNote = () => {
    const loaded = chosen().filter((one) => one && !one.ready);
    const names = (/** @type {string} */ tag) => loaded.map((one) => named(task(), one?.name ?? "")(tag)).join(format(tag, "compare.and"));
    const memory = fileSize(loaded.reduce((sum, one) => sum + (one?.memory ?? 0), 0));
    const notes = loaded.length ? [bilingual("compare.note.load", { names, memory }), " "] : [];
    if (task() === "search") notes.push(bilingual("compare.note.passages"));
    part("note").replaceChildren(...notes);
  };
  const showChoices = () => {
    const enough = choices.models.length >= FEWEST;
    part("few").hidden = enough;
    part("few").replaceChildren(bilingual(choices.operator ? "compare.few" : "compare.few.stranger"));
    part("fields").hidden = !enough;
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-only]"))) one.hidden = one.dataset.only !== task();
    const tag = currentTag();
    const options = () =>
      choices.models.map(({ name, ready, memory }) => {
        const label = named(task(), name)(tag);
        return option(name, ready ? label : text("compare.option.load", { name: label, memory: fileSize(memory) }), "");
      });
    fill(fields.first, options());
    fill(fields.second, options(), 1);
    fill(fields.target, choices.targets.map((code) => option(code, languageName(tag, code), "")), choices.targets.indexOf("en"));
    fill(fields.collection, searchable(choices.collections).listed.map((one) => collectionOption(one, "")));
    showNote();
  };
  const renew = async () => {
    try {
      const found = await latest.of(api.compared_models({ task: task() }));
      if (!found) return;
      choices = found;
      for (const one of found.models) known.set(`${task()} ${one.name}`, one);
      showChoices();
    } catch (error) {
      notice.show(error);
    }
  };

  /* ---- both at once --------------------------------------------------------------------------------- */

  /** @param {boolean} now */
  const setRunning = (now) => {
    running = now;
    stop.hidden = !now;
    part("go").disabled = now;
  };
  /** @param {[string, string]} names */
  const showNames = (names) => sides.forEach((side, place) => side.call(named(/** @type {CompareRequest} */ (asked).task, names[place])));
  const begin = () => {
    notice.clear();
    ballot = "";
    for (const side of sides) side.clear();
    part("sides").hidden = false;
    part("vote").hidden = true;
    part("together").hidden = true;
  };
  /** What differs is marked once both have ended. */
  const drawDifferences = () => {
    const [left, right] = sides;
    if (asked?.task === "translate" && left.text && right.text) {
      const drawn = markedDifferences(left.text, right.text);
      sides.forEach((side, place) => side.redraw(drawn[place]));
    }
    if (asked?.task === "search") {
      const moves = [movesOf(left.passages, right.passages), movesOf(right.passages, left.passages)];
      sides.forEach((side, place) => side.passages.length && side.redraw([rankingList(side.passages, moves[place])]));
    }
    part("together").hidden = asked?.task === "generate" ? !part("together").childNodes.length : false;
    if (asked?.task !== "generate") part("together").replaceChildren(bilingual(`compare.together.${asked?.task}`));
    if (left.text && left.text === right.text) part("together").prepend(bilingual("compare.same"), " ");
  };
  /** @param {ComparisonLine} line */
  const take = (line) => {
    if (line.id !== undefined && line.id !== null) {
      ballot = line.id;
      if (asked?.task === "generate") part("together").replaceChildren(bilingual(line.asked ? "compare.asked" : "compare.continued"));
      status.say("compare.status.running");
    }
    if (line.names) showNames(line.names);
    if (line.loading) {
      const [name, done, total] = line.loading;
      const percent = total ? Math.round((100 * done) / total) : 0;
      status.say(name ? "compare.status.loading" : "compare.status.loading.hidden", { name: named(task(), name), percent });
    }
    if (line.side !== undefined && line.side !== null) {
      const [own, other] = [sides[line.side], sides[1 - line.side]];
      own.take(line);
      if (line.end && !other.end) status.say(line.end === "failed" ? "compare.status.failed" : "compare.status.one", { side: sideWords(SIDES[line.side]) });
    }
    if (!line.over) return;
    drawDifferences();
    part("vote").hidden = !line.can_vote;
    const ends = sides.map(({ end }) => end);
    if (ends.includes("failed")) status.say("compare.status.over.failed");
    else if (line.can_vote) status.say("compare.status.vote");
    else status.say(ends.includes("stopped") ? "compare.status.stopped" : "compare.status.over");
  };
  const compare = async () => {
    if (running) return;
    asked = {
      task: task(),
      text: fields.text.value,
      first: fields.first.value,
      second: fields.second.value,
      blind: fields.blind.checked,
      target: fields.target.value,
      collection: fields.collection.value,
    };
    setRunning(true);
    begin();
    const held = document.activeElement;
    if (held === part("go")) stop.focus();
    reveal("#comparison [data-part=sides]");
    try {
      let over = false;
      for await (const line of uploadStream("models/compare", asked, [])) {
        if (line.problem) throw new RequestError(line.problem);
        take(line);
        over = Boolean(line.over);
      }
      if (!over) throw new RequestError(null); /* it broke off */
    } catch (error) {
      part("sides").hidden = !sides.some((side) => side.text);
      status.clear();
      notice.show(error);
    } finally {
      const stopped = document.activeElement === stop;
      setRunning(false);
      if (stopped) (part("vote").hidden ? part("go") : part("question")).focus();
    }
    renew();
  };

  /* ---- the vote ------------------------------------------------------------------------------------- */

  /** @param {import("../types").VoteRequest["choice"]} choice */
  const vote = async (choice) => {
    try {
      const { names, figures, counted } = await api.vote({ id: ballot, choice });
      part("vote").hidden = true;
      showNames(names);
      figures.forEach((one, place) => one && sides[place].showFigures(one));
      const [left, right] = names.map((name) => named(/** @type {CompareRequest} */ (asked).task, name));
      status.say(`compare.status.${choice === "reveal" ? "revealed" : counted ? "counted" : "uncounted"}`, { left, right });
      part("go").focus();
      votes.renew();
    } catch (error) {
      notice.show(error);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    compare();
  });
  form.addEventListener("change", (event) => {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    if (name === "task") renew();
    else showNote();
  });
  fields.text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || isComposing(event)) return;
    event.preventDefault();
    compare();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && running) api.stop_comparison().catch(notice.show);
  });
  stop.addEventListener("click", () => api.stop_comparison().catch(notice.show));
  part("vote").addEventListener("click", (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-choice]"));
    if (button) vote(/** @type {any} */ (button.dataset.choice));
  });
  listen("models:listed", renew);
  onLanguageChange(showChoices);
  renew();
};
