// @ts-check
/* The Safety tab. */
export { mount as page } from "./page.js";
