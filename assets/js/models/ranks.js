// @ts-check
/* How the places of a ranking differ from those of another one. */

/** For each passage of a ranking, how much further up it stands than in the other: negative for further down, null
 * if it is not in the other one.
 * @param {{ chunk: number }[]} own @param {{ chunk: number }[]} other @returns {(number | null)[]} */
export const movesOf = (own, other) => {
  const places = new Map(other.map(({ chunk }, place) => [chunk, place]));
  return own.map(({ chunk }, place) => {
    const there = places.get(chunk);
    return there === undefined ? null : there - place;
  });
};
