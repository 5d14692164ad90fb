// @ts-check
/* What is doubtful about a sentence. */
import { format } from "../lib/i18n.js";

/** The reasons in words, as a value of a text. @param {import("../types").SentencePairItem["doubts"]} doubts */
export const doubtsIn = (doubts) => /** @param {string} tag */ (tag) =>
  doubts.map((doubt) => format(tag, `translate.doubt.${doubt}`)).join(format(tag, "translate.doubts.between"));
