/* A conversation as a tree. A message knows its parent: versions, edits and branches are messages with the
 * same one. What is shown is one way down, and of each question the answers side by side. */
let talk = null; /* the conversation that is shown; null before its first question */
let messages = []; /* in the order in which they were made */
const picked = new Map(); /* which of several messages of one place is shown */

const find = (id) => messages.find((one) => one.id === id);
const below = (id) => messages.filter((one) => one.parent === id);
/* Who answers and how; the versions of an answer have it in common. */
const kindOf = ({ variant }) => [variant.answerer, variant.grounded, variant.model ?? ""].join(" ");
const placeOf = (one) => (one.role === "user" ? `question ${one.parent}` : `answer ${one.parent} ${kindOf(one)}`);
const versionsOf = (one) => below(one.parent).filter((other) => other.role === one.role && placeOf(other) === placeOf(one));
const shownOf = (versions) => versions.find((one) => picked.get(placeOf(one)) === one.id) ?? versions.at(-1);
/* The answers of a question that stand side by side: of each kind the version that is shown. */
const beside = (question) => {
  const kinds = new Map();
  for (const one of below(question.id)) kinds.set(kindOf(one), [...(kinds.get(kindOf(one)) ?? []), one]);
  return [...kinds.values()].map(shownOf);
};
/* From the first question down: each with its answers, and the one of them that it goes on from. */
const way = () => {
  const turns = [];
  let parent = null;
  for (;;) {
    const questions = below(parent).filter((one) => one.role === "user");
    if (!questions.length) return turns;
    const question = shownOf(questions);
    const answers = beside(question);
    const main = answers.find((one) => picked.get(`main ${question.id}`) === one.id) ?? answers.find((one) => below(one.id).length) ?? answers[0];
    turns.push({ question, answers, main });
    if (!main) return turns;
    parent = main.id;
  }
};
const pick = (one) => {
  picked.set(placeOf(one), one.id);
  if (one.role === "assistant") picked.set(`main ${one.parent}`, one.id);
};
/* Show the way that leads to this message. */
const pickWay = (id) => {
  for (let one = find(id); one; one = find(one.parent)) pick(one);
};
/* The message at which whoever opens the conversation again goes on. */
const endOfWay = () => {
  const last = way().at(-1);
  return last ? (last.main ?? last.question).id : null;
};
const open = (conversation) => {
  talk = conversation;
  messages = conversation?.messages ?? [];
  picked.clear();
  if (conversation?.leaf) pickWay(conversation.leaf);
};
