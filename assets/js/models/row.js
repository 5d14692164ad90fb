// @ts-check
/* A model of the list: what it is, whether it fits, what can be done with it, and how far that has come. */
import { confirmButton, pillButton } from "../lib/button.js";
import { create } from "../lib/dom.js";
import { fileSize } from "../lib/figures.js";
import { bilingual, format, LANGUAGE_TAGS, text } from "../lib/i18n.js";
import { numberWords } from "../lib/number_words.js";
import { actionsOf, isHere } from "./actions.js";
import { memoryTable } from "./memory.js";
import { createProgress } from "./progress.js";
import { fitWords, languagesOf, nameOf } from "./words.js";

/** @typedef {import("../types").OfferItem} OfferItem */
/** @typedef {import("../types").DownloadItem} DownloadItem */
/** @typedef {import("../types").SwitchItem} SwitchItem */
/** @typedef {{ machine: import("../types").MachineItem, changeable: boolean, token: boolean }} About */
/** @typedef {{ offer: OfferItem, download?: DownloadItem, switching?: SwitchItem }} Row */

/** By which a model is told from the others. @param {OfferItem} offer */
export const keyOf = ({ repository, name }) => repository || name;

/** A text of the server's in both languages. @param {Record<string, string>} by_tag */
const spoken = (by_tag) => LANGUAGE_TAGS.filter((tag) => by_tag[tag]).map((tag) => create("span", { className: "word", lang: tag, textContent: by_tag[tag] }));

/** @param {OfferItem} offer */
const heading = (offer) => {
  const head = create("div", { className: "model-head" }, create("h3", { className: "model-name" }, bilingual("models.name", { name: nameOf(offer) })));
  if (offer.active || offer.beside) head.append(create("span", { className: "badge ready" }, bilingual("models.active")));
  else if (isHere(offer)) head.append(create("span", { className: "badge" }, bilingual("models.here")));
  if (offer.gated) head.append(create("span", { className: "badge" }, bilingual("models.gated")));
  return head;
};

/** @param {OfferItem} offer */
const facts = (offer) => {
  const { parameters, bytes, context, licence } = offer;
  const all = [bilingual("models.parameters", { parameters: numberWords(parameters) }), fileSize(bytes)];
  const languages = languagesOf(offer);
  if (languages) all.push(bilingual("models.name", { name: languages }));
  if (context) all.push(bilingual("models.context", { context: (tag) => context.toLocaleString(tag) }));
  if (licence) all.push(bilingual("models.licence", { licence }));
  return create("p", { className: "note model-facts" }, ...all.map((one) => create("span", {}, one)));
};

/** @param {number} speed */
const speedWords = (speed) => (speed < 10 ? speed.toFixed(1) : String(Math.round(speed)));

/** @param {OfferItem} offer @param {About} about */
const fitLine = ({ fits, measured }, { machine }) => {
  const [fit] = fits;
  const line = create("p", { className: `model-fit ${fit.verdict}` });
  const { key, values } = fitWords(fit, machine);
  line.append(create("span", { className: "model-verdict" }, create("span", { className: "dot", ariaHidden: "true" }), bilingual(key, values)));
  if (fit.speed && fit.verdict !== "too_large") {
    const values = { speed: speedWords(fit.speed), pace: (tag) => format(tag, `pace.${fit.pace}`) };
    line.append(create("span", { className: "note" }, bilingual("models.speed.estimated", values)));
  }
  if (measured) line.append(create("span", { className: "note" }, bilingual("models.speed.measured", { speed: speedWords(measured) })));
  return line;
};

/** @param {import("./actions.js").Action} action @param {OfferItem} offer */
const actionButton = (action, offer) => {
  const asks = ["get-anyway", "use-anyway", "guard-off", "remove", "forget", "cancel"].includes(action);
  const button = asks ? confirmButton(action, `models.act.${action}`, `models.act.${action}.sure`) : pillButton(action, `models.act.${action}`);
  if (action === "get" || action === "use") button.classList.add("model-main");
  button.setAttribute("aria-describedby", idOf(offer));
  return button;
};

/** @param {OfferItem} offer */
const idOf = (offer) => `model-${keyOf(offer).replace(/[^\w-]/g, "-")}`;

/** What went wrong, with the ways out. @param {Row} row @param {About} about */
const trouble = ({ offer, download, switching }, { changeable }) => {
  const place = create("div", { className: "field-problem" });
  const failed = download?.state === "failed" ? download.problem : switching?.state === "failed" && switching.name === offer.name ? switching.problem : "";
  if (!failed) return place;
  place.append(create("p", { className: "problem", role: "alert", innerHTML: failed })); /* escaped by the server */
  if (download?.offer_mirror && changeable) place.append(pillButton("mirror", "models.act.mirror"));
  return place;
};

/** A row that is drawn anew when something changed, and keeps the focus on what is still there.
 * @param {Row} first @param {About} about */
export const createRow = (first, about) => {
  const { offer } = first;
  const element = create("li", { className: "model-row" });
  element.dataset.key = keyOf(offer);
  const progress = createProgress(() => text("models.progress", { name: nameOf(offer) }));
  let drawn = "";
  let opened = false;

  /** @param {Row} row @param {About} about_ */
  const build = (row, about_) => {
    const focused = element.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.act : undefined;
    const head = heading(row.offer);
    head.firstElementChild.id = idOf(row.offer);
    const parts = [head];
    const summary = row.offer.bundled ? [bilingual(`models.summary.${row.offer.name}`)] : spoken(row.offer.summary);
    if (summary.length) parts.push(create("p", { className: "model-summary" }, ...summary));
    parts.push(facts(row.offer));
    if (row.offer.fits.length) parts.push(fitLine(row.offer, about_));
    if (row.offer.gated && !isHere(row.offer) && about_.changeable && !about_.token) parts.push(gate(row.offer));
    parts.push(progress.element, trouble(row, about_));
    const buttons = about_.changeable ? actionsOf(row.offer, row.download).map((one) => actionButton(one, row.offer)) : [];
    const acts = create("div", { className: "models-acts" }, ...buttons);
    if (row.offer.fits.length) acts.append(memoryButton(row, about_));
    parts.push(acts);
    if (opened) parts.push(memoryTable(row.offer.fits, about_.machine));
    element.replaceChildren(...parts);
    element.classList.toggle("active", row.offer.active || row.offer.beside);
    if (focused) /** @type {HTMLElement | null} */ (element.querySelector(`[data-act="${focused}"]`) ?? element.querySelector("button"))?.focus();
  };

  /** @param {Row} row @param {About} about_ */
  const memoryButton = (row, about_) => {
    const button = create("button", { type: "button", className: "pill-button small plain" }, bilingual("models.memory"));
    button.dataset.act = "memory";
    button.setAttribute("aria-expanded", String(opened));
    button.setAttribute("aria-describedby", idOf(row.offer));
    button.addEventListener("click", () => {
      opened = !opened;
      build(row, about_);
    });
    return button;
  };

  /** @param {Row} row @param {About} about_ */
  const update = (row, about_) => {
    const { download, switching } = row;
    const sign = JSON.stringify([row.offer, about_, download?.state, download?.problem, switching?.state, switching?.problem]);
    /* a token that is being typed would be lost */
    const typing = !about_.token && element.querySelector(".model-gate input");
    if (sign !== drawn && !typing) {
      build(row, about_);
      drawn = sign;
    }
    if (download && !isHere(row.offer) && !["done", "cancelled", "failed"].includes(download.state)) progress.download(download);
    else if (switching && switching.state === "loading") progress.loading(switching);
    else progress.hide();
  };
  update(first, about);
  return { element, update };
};

/** What a gated model takes. @param {OfferItem} offer */
const gate = ({ page: href }) => {
  const link = create("a", { href, target: "_blank", rel: "noreferrer", textContent: href });
  const button = pillButton("token", "models.act.token");
  return create("div", { className: "model-gate" }, create("p", { className: "note" }, bilingual("models.gate"), " ", link), button);
};
