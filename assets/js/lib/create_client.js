// @ts-check
/* Calls to a server: server functions, uploads and downloads. Each carries who asks. */
import { readLines } from "./stream.js";

/** A call that failed. `notice` is what the server says about it, as HTML made and escaped there; it is null if
 * the server could not be reached. `key` names what a server function refused. */
export class RequestError extends Error {
  /** @param {string | null} notice @param {string} [key] */
  constructor(notice, key = "") {
    super(notice === null ? "the server could not be reached" : "the server refused");
    this.notice = notice;
    this.key = key;
  }
}

/** @param {object} options
 * @param {string | URL} options.root address of the app, with a slash at its end
 * @param {() => object} options.visit who asks */
export const createClient = ({ root, visit }) => {
  /** Server functions of a component, each as a function of its request.
   * @template {object} Server
   * @param {any} server what Gradio hands to the script of a component
   * @returns {Server} functions that throw {@link RequestError} */
  const client = (server) =>
    /** @type {Server} */ (
      new Proxy(
        {},
        {
          get: (_, name) => async (/** @type {object} */ request = {}) => {
            let response;
            try {
              response = await server[name]({ ...request, visit: visit() });
            } catch {
              throw new RequestError(null);
            }
            if (response?.problem) throw new RequestError(response.problem, response.key);
            return response;
          },
        },
      )
    );

  /** @param {string} path @param {RequestInit} options @returns {Promise<Response>} */
  const post = async (path, options) => {
    let response;
    try {
      response = await fetch(new URL(path, root), { method: "POST", ...options });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new RequestError(null);
    }
    if (!response.ok) throw new RequestError(await response.text());
    return response;
  };

  /** Send files with a request, as multipart/form-data.
   * @param {string} path @param {object} request @param {(Blob & { name?: string })[]} files
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<Response>} */
  const send = (path, request, files, options = {}) => {
    const body = new FormData();
    body.append("request", JSON.stringify({ ...request, visit: visit() }));
    for (const file of files) body.append("files", file, "file"); /* names travel in the request, whole */
    return post(path, { body, ...options });
  };

  /** Upload files; the answer is one value.
   * @param {string} path @param {object} request @param {Blob[]} files @returns {Promise<any>} */
  const upload = async (path, request, files) => (await send(path, request, files)).json();

  /** Upload files; the answer is a stream of values, one a line.
   * @param {string} path @param {object} request @param {Blob[]} files @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<any>} */
  async function* uploadStream(path, request, files, signal) {
    const response = await send(path, request, files, { signal });
    try {
      yield* readLines(/** @type {ReadableStream} */ (response.body));
    } catch (error) {
      if (signal?.aborted || error instanceof RequestError) throw error;
      throw new RequestError(null);
    }
  }

  /** Fetch a file that the server makes.
   * @param {string} path @param {object} request @returns {Promise<{ name: string, blob: Blob }>} */
  const download = async (path, request) => {
    const body = JSON.stringify({ ...request, visit: visit() });
    const response = await post(path, { headers: { "Content-Type": "application/json" }, body });
    const name = decodeURIComponent(response.headers.get("X-File-Name") ?? "download");
    return { name, blob: await response.blob() };
  };

  return { client, upload, uploadStream, download };
};
