// @ts-check
/* The Generate tab. */
export { mount as examples } from "./examples.js";
export { mount as meter } from "./meter.js";
export { mount as presets } from "./presets.js";
export { mount as result } from "./result.js";
export { mount as shortcuts } from "./shortcuts.js";
export { mount as title } from "./title.js";
export { mount as writer } from "./writer.js";
