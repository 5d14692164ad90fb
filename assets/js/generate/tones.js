// @ts-check
/* What is marked below each character of a poem. */

/** @typedef {import("../types").VerseItem} Verse */

/** The kind of each character, in the order of the text: its tone, or that it rhymes. @param {Verse} verse */
export const kindsOf = (verse) =>
  verse.lines.flatMap(({ tones, faults, rhymes }) =>
    tones.map((tone, at) => ({
      kind: rhymes && verse.rhyme && at === tones.length - 1 ? "rhyme" : (tone ?? "unknown"),
      off: faults.includes(at),
    })),
  );
