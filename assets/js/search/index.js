// @ts-check
/* The Search tab. */
export { mount as library } from "./library.js";
export { mount as search } from "./search.js";
export { mount as similarity } from "./similarity.js";
export { mount as views } from "./views.js";
