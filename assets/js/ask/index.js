// @ts-check
export { mount as page } from "./page.js";
