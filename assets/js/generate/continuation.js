// @ts-check
/* What Continue would go on from; the meter tells how much of the window that would fill. */

/** @typedef {import("../types").ContinuationRequest} Continuation */

/** @type {() => Continuation | null} */
let provider = () => null;

/** @param {() => Continuation | null} provide called by the result that is shown alone */
export const provideContinuation = (provide) => {
  provider = provide;
};

/** The text that can be continued now; null if there is none. */
export const continuation = () => provider();
