// @ts-check
/* Greedy beside beam search: two translations of the same text, what differs marked. */
import { markedDifferences } from "../lib/differences.js";
import { reveal } from "../lib/dom.js";
import { percentOf } from "../lib/figures.js";
import { bilingual } from "../lib/i18n.js";
import { comparisonState, sureness, translationOf } from "./run.js";

/** @typedef {import("./run.js").Run} Run */

const SIDES = /** @type {const} */ (["greedy", "beam"]);

/** @param {import("./pane.js").Pane} pane @param {(run: Run) => void} use shows a run as if it had been the only one */
export const createComparison = (pane, use) => {
  const { element, part, area, direction, status } = pane;
  /** @type {Record<string, Run | null>} */
  const runs = { greedy: null, beam: null };

  /** @param {string} side @param {(string | Node)[]} content */
  const drawSide = (side, content) => {
    const run = runs[side];
    part(side).lang = direction.target;
    part(side).replaceChildren(...content);
    const share = run?.end ? sureness(run) : null;
    const facts = part(`${side}-facts`);
    facts.replaceChildren();
    if (share === null || run?.seconds === undefined) return;
    facts.append(bilingual("translate.compare.facts", { percent: percentOf(share), seconds: run.seconds.toFixed(1) }));
  };
  const draw = () => {
    const { over, failed } = comparisonState(runs);
    const complete = over && !failed;
    const [left, right] = SIDES.map((side) => (runs[side] ? translationOf(runs[side]) : ""));
    const [greedy, beam] = complete ? markedDifferences(left, right) : [[left], [right]];
    drawSide("greedy", greedy);
    drawSide("beam", beam);
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-act=take]"))) {
      const end = runs[button.dataset.side ?? ""]?.end;
      button.setAttribute("aria-disabled", String(!over || !end || end === "failed"));
    }
    const same = left === right;
    part("same").hidden = !complete || !same;
    part("different").hidden = !complete || same;
  };

  return {
    begin: () => {
      for (const side of SIDES) runs[side] = null;
      part("compare").hidden = false;
      draw();
      reveal("#translate [data-part=compare]");
      status.say("translate.status.comparing");
    },
    /** What has come of one side. @param {Run} run */
    show: (run) => {
      runs[run.side] = run;
      draw();
      if (run.end === "failed") {
        if (translationOf(run)) status.say("translate.status.failed");
        else status.clear(); /* the reason is told beside the box */
      } else if (run.side === "beam" && run.end) status.say("translate.status.compared");
    },
    /** Put one side into the pane. @param {string} side */
    take: (side) => {
      const run = runs[side];
      if (!run || run.text !== area.value) return status.say("translate.status.text_changed");
      Object.assign(run, { fresh: true, complete: false, drawn: 0, ask: pane.sent });
      use(run);
      status.say("translate.status.taken");
      return reveal("#translate [data-part=panes]");
    },
    close: () => {
      part("compare").hidden = true;
      pane.button("compare").focus();
    },
  };
};

/** @typedef {ReturnType<typeof createComparison>} Comparison */
