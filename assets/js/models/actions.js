// @ts-check
/* What can be done with a model in its state. */

/** @typedef {Pick<import("../types").OfferItem, "task" | "state" | "active" | "beside" | "bundled" | "downloaded" | "repository" | "fits">} Offer */
/** @typedef {Pick<import("../types").DownloadItem, "state"> | undefined} Download */
/** @typedef {"get" | "get-anyway" | "pause" | "resume" | "again" | "cancel" | "use" | "use-anyway" | "guard-off" | "remove" | "forget"} Action */

/** @param {Offer} offer */
export const isHere = ({ state }) => ["installed", "loading", "loaded", "failed"].includes(state);

/** @param {Offer} offer */
export const isTooLarge = ({ fits }) => fits.length > 0 && fits[0].verdict === "too_large";

/** @param {Offer} offer @param {Download} download @returns {Action[]} in the order of the buttons */
export const actionsOf = (offer, download) => {
  if (isHere(offer)) return actionsHere(offer);
  const state = download?.state ?? (offer.state === "paused" ? "paused" : "");
  if (state === "waiting" || state === "checking" || state === "verifying") return ["cancel"];
  if (state === "running") return ["pause", "cancel"];
  if (state === "paused") return ["resume", "cancel"];
  if (state === "failed") return ["again", "cancel"];
  return [isTooLarge(offer) ? "get-anyway" : "get"];
};

/** @param {Offer} offer @returns {Action[]} */
const actionsHere = (offer) => {
  if (offer.state === "loading") return [];
  /** @type {Action[]} */
  const actions = [];
  if (offer.active && offer.task === "guard") actions.push("guard-off");
  if (!offer.active && !offer.beside) actions.push(isTooLarge(offer) && offer.state !== "loaded" ? "use-anyway" : "use");
  if (!offer.active && !offer.bundled) actions.push(offer.downloaded ? "remove" : "forget");
  return actions;
};
