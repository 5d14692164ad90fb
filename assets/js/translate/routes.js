// @ts-check
/* The directions that can be translated, as the server packs them: a model of two hundred languages has forty
 * thousand, so targets with the same ways stand together. */

/** @typedef {import("./direction.js").Way} Way */
/** @typedef {{ ways: Way[], sources: Record<string, [string, number[]][]> }} PackedRoutes for each source, targets
 * in one text and the numbers of their ways */

/** @param {PackedRoutes} packed @returns {import("./direction.js").Routes} targets in their order among the sources */
export const unpackedRoutes = ({ ways, sources }) => {
  const order = new Map(Object.keys(sources).map((code, place) => [code, place]));
  const placeOf = (/** @type {string} */ code) => order.get(code) ?? order.size;
  return Object.fromEntries(
    Object.entries(sources).map(([source, groups]) => {
      const targets = groups.flatMap(([codes, numbers]) => codes.split(" ").map((code) => /** @type {[string, Way[]]} */ ([code, numbers.map((one) => ways[one])])));
      return [source, Object.fromEntries(targets.sort(([one], [other]) => placeOf(one) - placeOf(other)))];
    }),
  );
};
