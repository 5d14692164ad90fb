// @ts-check
/* Whether the server still answers: a bar says so on every tab when it does not, and the light of the head turns. The
 * page asks every two seconds while it is looked at. */
import { create } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";

const ASK = "alive";
const INTERVAL = 2000;
const AGAIN = 500; /* after a question that failed, before the server counts as gone */
const TIMEOUT = 4000; /* a server that is busy may take a while */

/** Whether the server answers, and not a proxy in its place. */
const answers = async () => {
  try {
    const response = await fetch(ASK, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });
    return response.status < 500;
  } catch {
    return false;
  }
};

export const watchServer = () => {
  const bar = create("div", { className: "server-gone" });
  bar.setAttribute("role", "alert"); /* there from the start: what comes into it is read out */
  document.body.append(bar);
  let gone = false;
  let failed = false;
  let timer = 0;

  /** @param {boolean} now */
  const show = (now) => {
    if (now === gone) return;
    gone = now;
    document.body.classList.toggle("server-is-gone", gone);
    bar.replaceChildren(...(gone ? [create("p", {}, bilingual("browser.lost"))] : []));
  };
  const ask = async () => {
    window.clearTimeout(timer);
    if (document.visibilityState === "hidden") return;
    const alive = await answers();
    show(!alive && (gone || failed));
    failed = !alive;
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, failed && !gone ? AGAIN : INTERVAL);
  };
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("online", ask);
  ask();
};
