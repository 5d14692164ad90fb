// @ts-check
/* Another server that writes in place of this machine: the operator names it, and leaves it again. */
import { create, parts } from "../lib/dom.js";
import { bilingual } from "../lib/i18n.js";
import { noticeIn } from "../lib/notice.js";

/** @typedef {import("../types").ModelsResponse} Models */

/** @param {Element} element @param {import("../types").ModelsServer} api
 * @param {{ take: (work: import("../types").WorkResponse) => Promise<void> }} options */
export const createServer = (element, api, { take }) => {
  const part = parts(element);
  const notice = noticeIn(part("server-problem"));
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (part("server-form").querySelector(`[name=${name}]`));
  const button = /** @type {HTMLButtonElement} */ (part("server-form").querySelector("button"));

  /** @param {() => Promise<import("../types").WorkResponse>} act */
  const perform = async (act) => {
    notice.clear();
    button.disabled = true;
    try {
      await take(await act());
      return true;
    } catch (error) {
      part("serving").open = true;
      notice.show(error);
      return false;
    } finally {
      button.disabled = false;
      part("server-trying").replaceChildren();
    }
  };
  part("server-form").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    part("server-trying").replaceChildren(bilingual("models.server.trying"));
    const request = { address: field("address").value, model: field("model").value, key: field("key").value };
    if (!(await perform(() => api.use_server(request)))) return;
    field("key").value = "";
    part("serving").open = false;
    part("leave").focus();
  });
  part("leave").addEventListener("click", () => perform(() => api.leave_server()));
  return {
    /** @param {Models} seen @param {string} task whose models are shown */
    show({ elsewhere, changeable }, task) {
      const writes = task === "generate";
      const backend = elsewhere.find((one) => one.task === task);
      part("serving").hidden = !changeable || !writes;
      part("server").hidden = !backend;
      part("leave").hidden = !changeable || !writes; /* that which embeds is named at the start */
      if (!backend) return;
      const { name, address } = backend;
      const where = address ? [" ", create("span", {}, bilingual("models.server.at", { address }))] : [];
      part("server-state").replaceChildren(bilingual(`models.server.state.${task}`, { name }), ...where);
    },
  };
};
