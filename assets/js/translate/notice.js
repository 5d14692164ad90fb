// @ts-check
/* What went wrong is told at the box that was typed in; this place, below both panes, is never seen. */
import { emit } from "../lib/events.js";

/** @param {import("../index.js").Component} component */
export const mount = ({ props, watch }) => watch("value", () => emit("translate:problem-changed", props.value ?? ""));
