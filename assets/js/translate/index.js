// @ts-check
/* The Translate tab. */
export { mount as documents } from "./documents.js";
export { mount as examples } from "./examples.js";
export { mount as glossary } from "./glossary.js";
export { mount as notice } from "./notice.js";
export { mount as panes } from "./panes.js";
