// @ts-check
/* The versions of a text: what a request, and everything that went on from it, came to. The page alone holds them:
 * a temporary visit leaves them nowhere else. */

/** @typedef {import("../types").GenerationBeginLine} BeginLine */
/** @typedef {import("../types").GenerationUpdateLine} UpdateLine */
/** @typedef {NonNullable<import("../types").GenerationUpdateLine["tokens"]>[number]} Token id, text, log-probability, what else could have come, and
 * the log-probability that its own is compared with */
/** @typedef {Token[3][number]} Choice id, text, log-probability, and whether it ends the text */

/**
 * @typedef {BeginLine & {
 *   tokens: Token[],
 *   plain: string,
 *   figures: Partial<import("../types").FiguresItem>,
 *   quotes?: [number, number][],
 *   verse?: import("../types").VerseItem,
 *   run?: string,
 *   end: string | null,
 * }} Version `plain` is a text whose tokens are not known, `quotes` the places of sentences that were picked, `verse` tones and
 *   rhymes of a poem, `run` its id in the history, `end` the reason why it ended
 */

/** Whether the ids of its tokens are known; another server tells their texts alone. @param {Version | undefined} version */
export const hasIds = (version) => Boolean(version?.tokens.length && version.tokens[0][0] >= 0);

/** Whether the model can go on from it. @param {Version | undefined} version */
export const isContinuable = (version) => Boolean(version?.end && version.end !== "end" && hasIds(version));

/** The sentences that were picked. @param {Version} version @returns {string[]} */
export const quotesOf = (version) => {
  const letters = Array.from(version.text);
  return (version.quotes ?? []).map(([start, end]) => letters.slice(start, end).join(""));
};

/** The text of a version, with what it goes on with. @param {Version} version */
export const textOf = (version) => {
  if (version.quotes) return quotesOf(version).join("\n");
  const written = version.plain + version.tokens.map(([, words]) => words).join("");
  return version.answers ? written : version.text + written;
};

/** The tokens with which a version begins: those of the one that it goes on from, the last one perhaps replaced.
 * @param {BeginLine} line @param {Version | undefined} parent @returns {Token[]} */
const keptTokens = (line, parent) => {
  const tokens = parent ? parent.tokens.slice(0, line.kept) : [];
  if (line.chosen && parent && tokens.length) {
    const [id, words, logprob, peak] = line.chosen;
    tokens[tokens.length - 1] = [id, words, logprob, parent.tokens[line.kept - 1][3], peak];
  }
  return tokens;
};

export const createVersions = () => {
  /** @type {Version[]} */
  let versions = [];
  let shown = -1;
  return {
    /** The version that is shown. */
    get current() {
      return versions[shown];
    },
    /** Its place among them, from 0 on. */
    get shown() {
      return shown;
    },
    get count() {
      return versions.length;
    },
    /** @param {string} id */
    find: (id) => versions.find((version) => version.begin === id),
    /** Show the version at a place; false if there is none.
     * @param {number} index */
    show(index) {
      if (index < 0 || index >= versions.length) return false;
      shown = index;
      return true;
    },
    /** A version begins, and is shown; whatever still ran is stopped.
     * @param {BeginLine} line @returns {Version} */
    begin(line) {
      const tokens = keptTokens(line, versions.find((version) => version.begin === line.parent));
      for (const version of versions) version.end ??= "stopped";
      if (line.first) versions = [];
      const version = { ...line, tokens, plain: "", figures: {}, end: null };
      versions.push(version);
      shown = versions.length - 1;
      return version;
    },
    /** Take in what is new of a version; returns whether more than its tokens and figures changed.
     * @param {Version} version @param {UpdateLine} line */
    update(version, line) {
      const { tokens, plain, show, ...rest } = line;
      if (tokens) version.tokens.push(...tokens);
      if (plain) version.plain += plain;
      Object.assign(version, rest);
      const index = show ? versions.findIndex((one) => one.run === show) : -1;
      if (index >= 0) shown = index;
      return Boolean(line.quotes || line.verse || show);
    },
    clear() {
      versions = [];
      shown = -1;
    },
  };
};
