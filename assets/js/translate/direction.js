// @ts-check
/* From which language into which: what is chosen, and what can be. */

/** @typedef {{ model: string, via: string, prompted: boolean }} Way a way to translate a direction */
/** @typedef {Record<string, Record<string, Way[]>>} Routes ways by source and target, the usual one first */

/** What is chosen in the panes. */
export class Direction {
  #routes;
  #names;
  #home;
  source = "auto";
  target = "";
  model = "";
  /** Whether the visitor chose the target. */
  chosen = false;
  /** Language, how sure, and a second language of the text that was translated last.
   * @type {[string, number, string] | null} */
  guess = null;

  /** @param {Routes} routes @param {Record<string, string>} names of languages by code
   * @param {() => string} home the language of the page */
  constructor(routes, names, home) {
    this.#routes = routes;
    this.#names = names;
    this.#home = home;
    this.target = this.likely("");
  }

  /** @param {string} source @param {string} target @returns {Way[]} */
  ways(source, target) {
    return this.#routes[source]?.[target] ?? [];
  }

  /** Whether a model knows this language as a source. @param {string} source */
  knows(source) {
    return source in this.#routes;
  }

  /** The name of a language in that language. @param {string} code */
  nameOf(code) {
    return this.#names[code] ?? code;
  }

  /** The source language, chosen or detected; empty if it is not known. */
  get from() {
    return this.source === "auto" ? this.guess?.[0] ?? "" : this.source;
  }

  /** Whether the chosen source, or any if it is detected, can be translated into this language.
   * @param {string} target */
  reachable(target) {
    const sources = this.source === "auto" ? Object.keys(this.#routes) : [this.source];
    return sources.some((source) => this.ways(source, target).length);
  }

  /** Where a text in this language most likely has to go: into the page's language, or out of it.
   * @param {string} source empty if it is not known */
  likely(source) {
    const home = this.#home();
    const preferred = source === home ? ["en", "zh"] : [home, "en", "zh"];
    const targets = [...new Set(Object.values(this.#routes).flatMap(Object.keys))];
    const open = targets.filter(
      (target) => this.reachable(target) && target !== source && (!source || this.ways(source, target).length),
    );
    return preferred.find((target) => open.includes(target)) ?? open[0] ?? this.target;
  }

  /** Choose both; a target that cannot be gives way to a likely one.
   * @param {string} source @param {string} target */
  set(source, target) {
    this.source = source;
    this.target = target;
    if (!this.reachable(target) || target === source) this.target = this.likely(source === "auto" ? "" : source);
  }

  /** Into which language a text goes that is in the target's already; empty unless both were left to the page. */
  get otherwise() {
    return this.chosen || this.source !== "auto" ? "" : this.likely(this.target);
  }
}

/** @type {Direction | null} */
let current = null;

/** The direction of the panes, of which a page has one; null until they are mounted. It tells of its changes by
 * the event `translate:direction-changed`. */
export const currentDirection = () => current;

/** @param {Direction} direction */
export const useDirection = (direction) => {
  current = direction;
  return direction;
};
