// @ts-check
/* Streams of JSON values, one a line. They come in two ways: as the value of a component, a text that only grows
 * and begins with a line that names its run; and as the body of a response. */

const REMEMBERED = 20; /* runs of which it is known how far they were read */

/** The lines of a text that have come to their end, from `start` on.
 * @param {string} text @param {number} start @returns {{ values: any[], end: number }} */
export const completeLines = (text, start) => {
  const end = text.lastIndexOf("\n") + 1;
  const values = text.slice(start, end).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { values, end: Math.max(start, end) };
};

/** Reads the value of a component as it grows. A run that was read before goes on where it stopped; the component
 * may be given the values of several runs in turn. */
export class GrowingStream {
  /** @type {Map<string, { read: number, state: any }>} */
  #runs = new Map();

  /** @param {string} value all that has come so far; with nothing but whole lines
   * @returns {{ opening: any, values: any[], run: { state: any } } | null} the first line of the run, the lines that
   *   are new (the first one among them the first time), and a place for what the reader keeps about the run */
  read(value) {
    const end = value.indexOf("\n");
    if (end < 0) return null;
    const opening = value.slice(0, end);
    const run = this.#runs.get(opening) ?? { read: 0, state: undefined };
    this.#runs.set(opening, run);
    if (this.#runs.size > REMEMBERED) this.#runs.delete(this.#runs.keys().next().value ?? "");
    const lines = completeLines(value, run.read);
    run.read = lines.end;
    return { opening: JSON.parse(opening), values: lines.values, run };
  }

  /** Forget all runs. */
  clear() {
    this.#runs.clear();
  }
}

/** The values of a response's body as they come.
 * @param {ReadableStream<Uint8Array>} body @returns {AsyncGenerator<any>} */
export async function* readLines(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const { values, end } = completeLines(rest, 0);
    rest = rest.slice(end);
    yield* values;
  }
}
