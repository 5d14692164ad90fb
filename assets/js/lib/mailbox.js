// @ts-check
/* A value for a component that may not have been mounted yet. */
import { emit } from "./events.js";

/** A place where the newest value waits until it is taken, once.
 * @template Value @param {string} event emitted whenever a value is left
 * @returns {{ leave: (value: Value) => void, take: () => Value | null }} */
export const createMailbox = (event) => {
  /** @type {Value | null} */
  let waiting = null;
  return {
    leave(value) {
      waiting = value;
      emit(event);
    },
    take() {
      const taken = waiting;
      waiting = null;
      return taken;
    },
  };
};
