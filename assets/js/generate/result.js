// @ts-check
/* A result: the text as it is written, its versions, and what can be done with it. The value of the component is a
 * stream of lines; every text of it enters the page as text. */
import { copyShown } from "../lib/files.js";
import { parts, reveal } from "../lib/dom.js";
import { emit } from "../lib/events.js";
import { text } from "../lib/i18n.js";
import { seeInside } from "../lib/inside.js";
import { ARROWS } from "../lib/keys.js";
import { statusLine } from "../lib/status.js";
import { GrowingStream } from "../lib/stream.js";
import { createAlternatives } from "./alternatives.js";
import { provideContinuation } from "./continuation.js";
import { marked, saveVersion } from "./export.js";
import { noteInterruption, wasInterrupted } from "./interruption.js";
import { reachToken, releaseTokens } from "./tokens.js";
import { createVersions, hasIds, isContinuable } from "./versions.js";
import { createTokenText } from "./token_text.js";

/** @param {import("../index.js").Component} component `levels` of certainty; `main` for the result that stands alone;
 *   `leads` if the page goes to it when a text begins */
export const mount = ({ element, props, trigger, watch }) => {
  const part = parts(element);
  const body = part("text");
  const place = /** @type {HTMLElement} */ (element.closest(".answering"));
  const selector = `#${element.closest(".block")?.id}`;
  const { say } = statusLine("#status");
  const versions = createVersions();
  const stream = new GrowingStream();
  const written = createTokenText(body, props);
  const alternatives = createAlternatives(element, body);
  const button = (act) => /** @type {HTMLElement | null} */ (element.querySelector(`[data-act="${act}"]`));
  let coloured = true;
  let toned = true;

  /* ---- drawing -------------------------------------------------------------------------------------- */

  /* The single result and the two of a comparison share one place: the style sheet shows what began last. */
  const takePlace = (name) => (place.dataset.shown = name);
  const reachFirst = () => {
    const first = body.querySelector(".token");
    if (first) reachToken(body, first);
  };
  let announced = ""; /* what could be continued when the meter was last told */
  const announce = () => {
    const { current } = versions;
    const now = isContinuable(current) ? `${current.begin} ${current.tokens.length}` : "";
    if (now !== announced) emit("generate:request-changed");
    announced = now;
  };
  /* What can be pressed now, and how many versions there are. */
  const showState = () => {
    const { count, current, shown } = versions;
    element.querySelector(".result")?.classList.toggle("writing", Boolean(current && !current.end));
    part("empty").hidden = Boolean(current);
    body.hidden = !current;
    part("versions").hidden = count < 2;
    part("versions").setAttribute("aria-label", text("version.group"));
    part("count").textContent = `${shown + 1}/${count}`;
    part("certainty").hidden = !current?.tokens.length;
    part("tones").hidden = !current?.verse;
    const able = {
      again: current?.end && !current.quotes,
      continue: isContinuable(current),
      copy: true,
      download: current?.end,
      inside: current?.end && hasIds(current) && !current.model, /* a trained model is looked into where it was trained */
      earlier: shown > 0,
      later: shown < count - 1,
    };
    for (const [act, can] of Object.entries(able)) button(act)?.setAttribute("aria-disabled", String(!can));
    announce();
    if (current && coloured && !body.querySelector(".token[tabindex]")) reachFirst();
  };
  const showColours = () => {
    element.classList.toggle("coloured", coloured);
    button("colours")?.setAttribute("aria-pressed", String(coloured));
    releaseTokens(body);
    if (coloured) reachFirst();
  };
  const showTones = () => {
    element.classList.toggle("tones", toned);
    button("tones")?.setAttribute("aria-pressed", String(toned));
  };
  const browse = (index) => {
    if (!versions.show(index)) return;
    alternatives.close();
    written.draw(versions.current);
    showState();
  };

  /* ---- the stream ----------------------------------------------------------------------------------- */

  const begin = (line) => {
    const version = versions.begin(line);
    takePlace(props.main ? "result" : "pair");
    emit("generate:version-began");
    browse(versions.shown);
    if (props.leads) reveal(selector);
    return version;
  };
  const clear = () => {
    versions.clear();
    stream.clear();
    takePlace("result");
    alternatives.close();
    written.clear();
    showState();
  };
  const follow = () => {
    const read = stream.read(props.value || "");
    if (!read) {
      clear();
      return;
    }
    let version = versions.find(read.opening.begin);
    let redraw = false;
    for (const line of read.values) {
      if ("begin" in line) version = begin(line);
      else if (version) redraw = versions.update(version, line) || redraw;
    }
    if (redraw) written.draw(versions.current);
    else if (version && version === versions.current) written.grow(version);
    showState();
  };

  /* ---- what can be done ----------------------------------------------------------------------------- */

  /* Another version from the request of the one that is shown, with the tokens that shall stand. */
  const requestVersion = (act, kept = [], chosen = false) => {
    const { begin: id, text: asked, preset, form, theme, model, run } = versions.current;
    reveal(selector);
    alternatives.close();
    /** @type {import("../types").VersionRequest} */
    const request = {
      act,
      version: id,
      text: asked,
      preset,
      model,
      form,
      theme,
      kept: kept.map(([token, words, logprob, , peak]) => [token, words, logprob, peak ?? 0]),
      chosen,
      run_id: run ?? null,
    };
    trigger("select", request);
  };
  const choose = (id) => {
    const { tokens } = versions.current;
    const index = /** @type {number} */ (alternatives.place);
    const choice = tokens[index][3].find(([other]) => other === id);
    if (!choice || id === tokens[index][0]) return;
    const [, words, logprob] = choice;
    requestVersion("choose", [...tokens.slice(0, index), [id, words, logprob, [], tokens[index][4]]], true);
  };
  const showFormats = (open) => {
    part("formats").hidden = !open;
    button("download")?.setAttribute("aria-expanded", String(open));
  };
  const save = (kind) => {
    say("status.saved", { file: saveVersion(versions.current, kind) });
    button("download")?.focus();
    showFormats(false);
  };
  const copy = async () => {
    const { current } = versions;
    const done = current && (await copyShown(`${selector} ${current.quotes ? ".quotes" : ".written"}`, (text) => marked(current, text)));
    say(done ? "status.copied" : "status.nothing_to_copy");
  };
  const actions = {
    stop: () => /** @type {HTMLElement} */ (document.querySelector("#stop")).click(),
    again: () => requestVersion("again"),
    continue: () => requestVersion("continue", versions.current.tokens),
    earlier: () => browse(versions.shown - 1),
    later: () => browse(versions.shown + 1),
    copy,
    download: () => showFormats(part("formats").hidden),
    txt: () => save("txt"),
    md: () => save("md"),
    inside: () => {
      const { text: asked, preset, form, theme, tokens } = versions.current;
      seeInside({ task: "generate", text: asked, preset, form, theme, continuation: tokens.map(([id]) => id) });
    },
    colours: () => {
      coloured = !coloured;
      alternatives.close();
      showColours();
    },
    tones: () => {
      toned = !toned;
      showTones();
    },
  };
  const openAlternatives = (token, byKeyboard) => alternatives.open(versions.current, Number(token.dataset.i), byKeyboard);
  element.addEventListener("click", (event) => {
    const target = /** @type {any} */ (event.target);
    const pressed = target.closest("button");
    if (pressed?.getAttribute("aria-disabled") === "true") return;
    if (pressed?.dataset.choice) choose(Number(pressed.dataset.choice));
    else if (pressed?.dataset.act) actions[pressed.dataset.act]();
    else {
      const token = target.closest(".token");
      if (!token || !coloured || !document.getSelection()?.isCollapsed) return;
      reachToken(body, token);
      openAlternatives(token, false);
    }
  });
  element.addEventListener("keydown", (event) => {
    const target = /** @type {any} */ (event.target);
    const [token, choice] = [target.closest?.(".token"), target.closest?.(".choice")];
    const step = ARROWS[event.key];
    if (event.key === "Escape" && alternatives.place !== null) {
      alternatives.close(true);
      event.stopPropagation();
    } else if (token && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      openAlternatives(token, true);
    } else if (token && step) {
      event.preventDefault();
      const next = step > 0 ? token.nextElementSibling : token.previousElementSibling;
      if (!next) return;
      reachToken(body, next);
      next.focus();
    } else if (choice && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      alternatives.step(choice, step);
    } else if (target.closest?.("[data-part=versions]") && step) browse(versions.shown + step);
  });
  if (props.main) {
    window.addEventListener("pagehide", () => noteInterruption(Boolean(place.querySelector(".result.writing"))));
    if (wasInterrupted()) requestAnimationFrame(() => say("status.left"));
    provideContinuation(() => {
      const { current } = versions;
      if (!isContinuable(current) || place.dataset.shown === "pair") return null;
      const { text: asked, preset, form, theme, model, tokens } = current;
      return { text: asked, preset, form, theme, model, tokens: tokens.length };
    });
  }
  watch("value", follow);
  showColours();
  showTones();
  showState();
  if (props.value) follow();
};
