// @ts-check
/* The History tab. */
export { mount as filter } from "./filter.js";
export { mount as list } from "./list.js";
