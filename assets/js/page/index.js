// @ts-check
/* What belongs to the page as a whole. */
import { watchMenus } from "../lib/menu.js";
import { loaded } from "../lib/resources.js";
import { supplementGradio } from "./access.js";
import { keepTabInAddress } from "./address.js";
import { watchServer } from "./server_watch.js";
import { followSkipLink } from "./skip_link.js";

export { mount as footer } from "./footer.js";
export { mount as language } from "./language.js";
export { mount as running } from "./running.js";
export { mount as temporary } from "./temporary.js";

/** Called by Gradio when the page is there. */
export const shown = async () => {
  await loaded;
  supplementGradio();
  keepTabInAddress();
  watchMenus();
  followSkipLink();
  watchServer();
};
