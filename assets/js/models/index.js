// @ts-check
/* The Models tab. */
export { mount as page } from "./page.js";
