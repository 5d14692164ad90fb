// @ts-check
/* The policy for its readers, the models at work, and for operators the log of decisions. All of it is read anew
 * whenever the tab is opened, since models are switched and decisions are made elsewhere. */
import { client } from "../lib/client.js";
import { parts } from "../lib/dom.js";
import { listen } from "../lib/events.js";
import { openStep } from "../lib/inside.js";
import { createLatest } from "../lib/latest.js";
import { noticeIn } from "../lib/notice.js";
import { createLog } from "./log.js";
import { modelRow } from "./models.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const api = /** @type {import("../types").SafetyServer} */ (client(server));
  const part = parts(element);
  const notice = noticeIn(part("problem"));
  const latest = createLatest();
  const log = createLog(element, api);

  /** @param {import("../types").SafetyResponse} seen */
  const draw = ({ policy, categories, models, log: decisions }) => {
    part("waiting").hidden = true;
    if (part("policy").innerHTML !== policy) part("policy").innerHTML = policy; /* made and escaped by the server */
    part("models").replaceChildren(...models.map((one) => modelRow(one, api)));
    part("strangers").hidden = Boolean(decisions);
    part("to-log").hidden = !decisions;
    if (decisions) log.show(decisions, categories);
  };
  const read = async () => {
    try {
      const seen = await latest.of(api.overview());
      if (!seen) return;
      draw(seen);
      notice.clear();
    } catch (error) {
      part("waiting").hidden = true;
      notice.show(error);
    }
  };
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-goto]"))) {
    button.addEventListener("click", () => {
      const heading = document.getElementById(button.dataset.goto ?? "");
      heading?.focus({ preventScroll: true });
      heading?.scrollIntoView({ block: "start" });
    });
  }
  element.querySelector("[data-act=probe]")?.addEventListener("click", () => openStep("bias"));
  listen("page:tab-opened", (name) => {
    if (name === "safety") read();
  });
  read();
};
