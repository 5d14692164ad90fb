// @ts-check
/* Every call of the page to its server. */
import { createClient } from "./create_client.js";
import { root } from "./resources.js";
import { visit } from "./visit.js";

export { RequestError } from "./create_client.js";
export const { client, upload, uploadStream, download } = createClient({ root, visit });
