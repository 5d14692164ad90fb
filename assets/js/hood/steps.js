// @ts-check
/* The steps of the tour by name; their order stands in `llama_demo/ui/hood/steps.py`. */
import { mount as questions } from "./step_questions.js";
import { mount as tokens } from "./step_tokens.js";
import { mount as training } from "./step_training.js";

/** @type {Record<string, (context: import("./tour.js").StepContext) => import("./tour.js").StepView>} */
export const STEPS = { tokens, training, questions };
