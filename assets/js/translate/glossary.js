// @ts-check
/* The visitor's own terms for the direction that is chosen. */
import { client, RequestError } from "../lib/client.js";
import { create, parts } from "../lib/dom.js";
import { emit, listen } from "../lib/events.js";
import { bilingual } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";
import { statusLine } from "../lib/status.js";
import { currentDirection } from "./direction.js";

/** @typedef {{ source: string, target: string }} Known both languages of a direction */

/** The chosen direction, if both languages are known. @returns {Known | null} */
const known = () => {
  const { from = "", target = "" } = currentDirection() ?? {};
  return from && target && from !== target ? { source: from, target } : null;
};

/** @param {[string, string]} pair a term and its translation @param {Known} direction */
const termRow = ([term, translation], { source, target }) => {
  const remove = create("button", { type: "button", className: "pill-button small" }, bilingual("translate.glossary.remove"));
  remove.dataset.term = term;
  remove.append(create("span", { className: "unseen", textContent: ` ${term}` }));
  return create(
    "li",
    {},
    create("span", { lang: source, dir: "auto", textContent: term }),
    create("span", { className: "becomes", ariaHidden: "true", textContent: "→" }),
    create("span", { lang: target, dir: "auto", textContent: translation }),
    remove,
  );
};

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const part = parts(element);
  const status = statusLine("#translate-status");
  const notice = noticeIn(part("problem"));
  const api = /** @type {import("../types").GlossaryServer} */ (client(server));
  const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
  const list = /** @type {HTMLElement} */ (part("terms"));
  let calls = 0;
  let listed = ""; /* the direction whose terms are listed */

  /** Show the terms that a call answers with; false if it failed, or another one was made meanwhile.
   * @param {Known} direction @param {Promise<import("../types").TermsResponse>} response */
  const show = async (direction, response) => {
    calls += 1;
    const call = calls;
    try {
      const { terms } = await response;
      if (call !== calls) return false;
      notice.clear();
      list.replaceChildren(...terms.map((pair) => termRow(pair, direction)));
      part("none").hidden = terms.length > 0;
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.notice === null) status.say("translate.status.unreachable");
      else if (call === calls) notice.show(error);
      return false;
    }
  };

  const refresh = () => {
    const direction = known();
    form.hidden = !direction;
    list.hidden = !direction;
    part("no-direction").hidden = Boolean(direction);
    if (!direction) part("none").hidden = true;
    const key = direction ? `${direction.source}-${direction.target}` : "";
    if (!direction || !element.checkVisibility() || listed === key) return;
    listed = key;
    const nameOf = (/** @type {string} */ code) => currentDirection()?.nameOf(code) ?? code;
    const names = { source: nameOf(direction.source), target: nameOf(direction.target) };
    part("term-label").replaceChildren(bilingual("translate.glossary.term", names));
    part("translation-label").replaceChildren(bilingual("translate.glossary.translation", names));
    show(direction, api.terms(direction));
  };

  const termField = () => /** @type {HTMLInputElement} */ (form.elements.namedItem("term"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const direction = known();
    const values = new FormData(form);
    const [term, translation] = [String(values.get("term")), String(values.get("translation"))];
    if (!direction || !(await show(direction, api.add_term({ ...direction, term, translation })))) return;
    form.reset();
    termField().focus();
    status.say("translate.status.term_added", { term });
    emit("translate:term-changed", term.trim());
  });
  list.addEventListener("click", async (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-term]"));
    const direction = known();
    const term = button?.dataset.term;
    if (!term || !direction || !(await show(direction, api.remove_term({ ...direction, term })))) return;
    (list.querySelector("button") ?? termField()).focus();
    status.say("translate.status.term_removed", { term });
    emit("translate:term-changed", term);
  });
  listen("translate:direction-changed", refresh);
  new IntersectionObserver(refresh).observe(element);
  refresh();
};
