// @ts-check
/* The steps of the tour by name; their order stands in `llama_demo/ui/hood/steps.py`. */
import { mount as architecture } from "./step_architecture.js";
import { mount as attention } from "./step_attention.js";
import { mount as bias } from "./step_bias.js";
import { mount as embedding } from "./step_embedding.js";
import { mount as heads } from "./step_heads.js";
import { mount as layers } from "./step_layers.js";
import { mount as next } from "./step_next.js";
import { mount as positions } from "./step_positions.js";
import { mount as questions } from "./step_questions.js";
import { mount as tokens } from "./step_tokens.js";
import { mount as training } from "./step_training.js";

/** @type {Record<string, (context: import("./tour.js").StepContext) => import("./tour.js").StepView>} */
export const STEPS = { tokens, embedding, positions, attention, heads, next, layers, training, architecture, bias, questions };
