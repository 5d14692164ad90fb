// @ts-check
/* What the parts of the panes share. Behind the box that is typed in lies the same text once more, as one text
 * node: places in it are coloured without changing it. The translation is a span for each sentence. */
import { client } from "../lib/client.js";
import { parts } from "../lib/dom.js";
import { statusLine } from "../lib/status.js";
import { language } from "../lib/visit.js";
import { Direction, useDirection } from "./direction.js";
import { rangeIn } from "./highlights.js";
import { unpackedRoutes } from "./routes.js";

/** @typedef {import("./run.js").Run} Run */

/** Characters that are translated while a text is typed; more on the button. */
const TYPED_MOST = 5_000;

/** @param {import("../index.js").Component} component */
export const createPane = ({ element, props, trigger, server }) => {
  const part = parts(element);
  /** @type {HTMLTextAreaElement} */
  const area = part("area");
  /** @type {HTMLElement} */
  const mirror = part("mirror");
  /** @type {HTMLElement} */
  const output = part("pane");
  const pane = {
    element,
    part,
    area,
    mirror,
    output,
    status: statusLine("#translate-status"),
    api: /** @type {import("../types").TranslateServer} */ (client(server)),
    direction: useDirection(new Direction(unpackedRoutes(props.routes), props.names, language)),
    longest: /** @type {number} */ (props.longest),
    trigger,
    /** @type {Run | null} what is shown, or on its way */
    run: null,
    /** Number of the newest request; what comes of an earlier one is not shown. */
    sent: 0,
    /** Whether what is typed is translated by itself. */
    live: true,
    /** @type {number | null} the sentence that is open */
    opened: null,
    /** Whether the text in the box still is what was translated. */
    fits: () => Boolean(pane.run && pane.run.text === area.value),
    /** The translation that is seen; empty if there is none. */
    translation: () => (pane.run && !pane.run.fresh ? output.textContent ?? "" : ""),
    comesByItself: () => pane.live && area.value.length <= TYPED_MOST,
    /** @param {string} act */
    button: (act) => /** @type {HTMLButtonElement} */ (element.querySelector(`[data-act=${act}]`)),
    /** @param {number} index @returns {HTMLElement | null} */
    spanOf: (index) => output.querySelector(`.said[data-i="${index}"]`),
    /** A range in a sentence of the source. @param {number} index @param {number} start @param {number} end */
    inSource: (index, start, end) => {
      const from = pane.run?.pairs[index].start ?? 0;
      return rangeIn(mirror, from + start, from + end);
    },
    /** A range in the translation of a sentence. @param {number} index @param {number} start @param {number} end */
    inTarget: (index, start, end) => rangeIn(/** @type {Node} */ (pane.spanOf(index)), start, end),
  };
  return pane;
};

/** @typedef {ReturnType<typeof createPane>} Pane */
