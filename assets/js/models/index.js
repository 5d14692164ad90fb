// @ts-check
/* The Models tab. */
export { mount as page } from "./page.js";
export { mount as comparison } from "./comparison.js";
