// @ts-check
/* What the status line says of downloads and loading: that they begin, each quarter, and how they end. */
import { nameOf } from "./words.js";

/** @typedef {import("../types").WorkResponse} Work */
/** @typedef {import("../types").OfferItem} OfferItem */

const QUARTERS = 4;

/** @param {(key: string, values: import("../lib/i18n.js").Values) => void} say */
export const createAnnouncer = (say) => {
  /** @type {Map<string, string>} what was said last, by download or switch */
  const last = new Map();
  let first = true;

  /** @param {string} id @param {string} key @param {import("../lib/i18n.js").Values} values @param {string} [detail] */
  const tell = (id, key, values, detail = "") => {
    const sign = `${key} ${detail}`;
    if (last.get(id) === sign) return;
    last.set(id, sign);
    if (!first) say(key, values);
  };

  /** @param {Work} work @param {OfferItem[]} offers */
  return ({ downloads, switch: switching }, offers) => {
    for (const { repository, state, done, total } of downloads) {
      const offer = offers.find((one) => one.repository === repository);
      const name = offer ? nameOf(offer) : () => repository;
      const quarter = total ? Math.floor((QUARTERS * done) / total) : 0;
      const percent = (100 / QUARTERS) * quarter;
      const key = state === "running" && quarter ? "models.said.part" : `models.said.${state}`;
      tell(repository, key, { name, percent }, String(state === "running" ? quarter : ""));
    }
    if (switching) {
      const offer = offers.find((one) => one.name === switching.name);
      const name = offer ? nameOf(offer) : () => switching.name;
      const alone = switching.state === "failed" && !switching.former ? ".alone" : "";
      tell(`switch ${switching.task}`, `models.said.switch.${switching.state}${alone}`, { name }, switching.name);
    }
    first = false;
  };
};
