// @ts-check
/* The votes by pair of models, their export and their deletion. */
import { confirmButton, pillButton } from "../lib/button.js";
import { confirmed, watchConfirmations } from "../lib/confirm.js";
import { create, parts } from "../lib/dom.js";
import { download } from "../lib/client.js";
import { saveFile } from "../lib/files.js";
import { bilingual, format } from "../lib/i18n.js";

/** @typedef {import("../types").VoteTallyItem} Tally */

/** A line for each answer: what was said, a bar of its share, and its number.
 * @param {Tally} tally @param {(name: string) => (tag: string) => string} nameOf */
const row = (tally, nameOf) => {
  const { first_better: first, second_better: second, ties, both_bad: bad } = tally;
  const total = first + second + ties + bad;
  const better = (/** @type {string} */ name) => (/** @type {string} */ tag) => format(tag, "compare.votes.better", { name: nameOf(name)(tag) });
  /** @type {[(tag: string) => string, number][]} */
  const lines = [
    [better(tally.first), first],
    [better(tally.second), second],
    [(tag) => format(tag, "compare.votes.tie"), ties],
    [(tag) => format(tag, "compare.votes.both_bad"), bad],
  ];
  return create(
    "li",
    {},
    create("p", { className: "card-title" }, bilingual(`models.task.${tally.task}`)),
    create(
      "ul",
      { className: "compare-shares" },
      ...lines.map(([words, count]) => {
        const bar = create("span", { className: "compare-bar", ariaHidden: "true" });
        bar.style.setProperty("--share", `${(100 * count) / total}%`);
        return create("li", {}, create("span", {}, bilingual("compare.votes.line", { better: words, count })), bar);
      }),
    ),
  );
};

/** @param {Element} element @param {import("../types").ComparisonServer} api
 * @param {{ say: (key: string) => void, failed: (error: unknown) => void, nameOf: (task: string) => (name: string) => (tag: string) => string }} options */
export const createVotes = (element, api, { say, failed, nameOf }) => {
  const part = parts(element);
  const place = part("tallies");

  /** @param {import("../types").VoteTalliesResponse} found */
  const show = ({ tallies, everyone }) => {
    if (!tallies.length) {
      place.replaceChildren(create("p", { className: "empty" }, bilingual("compare.votes.none")));
      return;
    }
    const acts = create(
      "div",
      { className: "models-acts" },
      pillButton("export-votes", "compare.votes.export"),
      confirmButton("delete-votes", "compare.votes.delete", "compare.votes.delete.sure"),
    );
    const list = create("ul", { className: "compare-pairs" }, ...tallies.map((one) => row(one, nameOf(one.task))));
    place.replaceChildren(create("p", { className: "note" }, bilingual(`compare.votes.${everyone ? "everyone" : "mine"}`)), list, acts);
  };
  const load = async () => {
    try {
      show(await api.vote_tallies());
    } catch (error) {
      failed(error);
    }
  };
  place.addEventListener("click", async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button[data-act]"));
    if (!button || !confirmed(button)) return;
    try {
      if (button.dataset.act === "export-votes") {
        const { name, blob } = await download("models/votes", {});
        saveFile(name, blob);
      } else {
        show(await api.delete_votes());
        say("compare.votes.deleted");
        part("votes").querySelector("summary").focus();
      }
    } catch (error) {
      failed(error);
    }
  });
  watchConfirmations(place);
  part("votes").addEventListener("toggle", () => {
    if (part("votes").open) load();
  });
  return { renew: () => part("votes").open && load() };
};
