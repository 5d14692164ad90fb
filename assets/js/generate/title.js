// @ts-check
/* The title, and the line about the model that writes; when another one does, the presets are told too. */
import { onSwitch } from "../lib/active_models.js";
import { client, RequestError } from "../lib/client.js";
import { parts } from "../lib/dom.js";
import { emit } from "../lib/events.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ element, server }) => {
  const api = /** @type {import("../types").WriterServer} */ (client(server));
  onSwitch("generate", async () => {
    try {
      const writer = await api.writer();
      parts(element)("lead").innerHTML = writer.lead; /* made and escaped by the server */
      emit("generate:writer-changed", writer);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error; /* the next switch tells it */
    }
  });
};
