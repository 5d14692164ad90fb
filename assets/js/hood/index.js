// @ts-check
/* The tab "Under the hood". */
export { mount as tour } from "./tour.js";
