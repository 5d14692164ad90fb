// @ts-check
/* The tab "Inside". */
export { mount as tour } from "./tour.js";
