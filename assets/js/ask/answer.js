/* An answer: what it says, how sure it is, and what can be done with it. */
const SURE = [[0.7, "sure"], [0.55, "fairly"], [0, "unsure"]];
const LONG_SPAN = 90; /* characters; longer ones are set as running text */

const canMark = props.readers.length > 0;
const instructed = props.instructed;
const running = (answer) => answer.status === "running";
const surenessOf = (confidence) => SURE.find(([from]) => confidence >= from)[1];
const written = (answer) => answer.variant.answerer === "generative";
const abilitiesOf = (answer) => (language) =>
  answer.limits.map((name) => TEXTS[language][`ability.${name}`] ?? name).join(TEXTS[language]["list.and"]);

const byline = (answer) => {
  const grounded = answer.variant.grounded && talk?.kind !== "chat";
  const key = !written(answer) ? "ask.by.marked" : grounded ? "ask.by.passages" : talk?.kind === "chat" ? "ask.by.chat" : "ask.by.alone";
  return made("p", { className: "note byline" }, bilingual(key, { model: answer.model }));
};
const sureness = (answer) => {
  const share = answer.confidence;
  if (share === null || !answer.answerable) return [];
  const filling = made("span", { className: "score-fill meaning" });
  filling.style.width = percentOf(share);
  const name = surenessOf(share);
  const line = made("p", { className: `sureness ${name}` }, made("span", { className: "score-bar", ariaHidden: "true" }, filling), made("span", {}, bilingual(`${answer.calibrated ? "ask.sure" : "ask.felt"}.${name}`, { percent: percentOf(share) })));
  return [line];
};
const waiting = (answer) => made("p", { className: "note waiting" }, bilingual(answer.waiting ? "ask.waiting" : written(answer) ? "ask.reading" : "ask.looking", { count: answer.waiting }));
const nothing = (answer) => {
  const box = made("div", { className: "no-answer" }, made("p", {}, bilingual(talk?.kind === "text" ? "ask.none.text" : "ask.none")));
  box.append(made("p", { className: "note" }, bilingual(answer.across ? "ask.none.across" : "ask.none.advice")));
  if (answer.calibrated) box.append(made("p", { className: "note" }, bilingual("ask.none.sure", { percent: percentOf(answer.confidence) })));
  return box;
};
const said = (answer) => {
  const text = made("div", { className: "answer-text", dir: "auto" });
  if (answer.status === "failed" && !answer.text) text.append(made("p", { className: "note" }, bilingual("ask.failed")));
  else if (!answer.text && running(answer)) text.append(waiting(answer));
  else if (!answer.answerable || (!answer.text && !written(answer))) text.append(nothing(answer));
  else if (!answer.text) text.append(made("p", { className: "note" }, bilingual("ask.silent")));
  else if (answer.blocks) text.append(...answer.blocks.map(richNode));
  else text.append(made("p", { className: answer.text.length > LONG_SPAN ? "span-long" : "span", textContent: answer.text }));
  if (answer.blocks && running(answer)) text.append(made("span", { className: "caret", ariaHidden: "true" }));
  return text;
};
const ends = { stopped: "ask.end.stopped", interrupted: "ask.end.interrupted", failed: "ask.end.failed" };
const remarks = (answer) => {
  const notes = [];
  const add = (key, values, className = "note") => notes.push(made("p", { className }, bilingual(key, values)));
  if (completed(answer)) add("ask.understood", { question: answer.standalone });
  if (written(answer) && answer.limits.length) add("ask.limits", { model: answer.model, abilities: abilitiesOf(answer) }, "note plain-words");
  if (answer.unsupported && !running(answer)) add("ask.unsupported.some");
  if (answer.text && ends[answer.status]) add(ends[answer.status]);
  else if (cutOff(answer)) add("ask.end.length");
  if (answer.warning) {
    const warning = made("div");
    warning.innerHTML = answer.warning; /* made and escaped by the server */
    notes.push(warning);
  }
  return notes;
};
const cutOff = (answer) => written(answer) && ((answer.status === "done" && answer.tokens.finish_reason === "length") || ["stopped", "interrupted"].includes(answer.status));

/* ‹ 1/3 ›, for whatever has several versions. */
const versionsBar = (one) => {
  const versions = versionsOf(one);
  if (versions.length < 2) return [];
  const place = versions.indexOf(one);
  const step = (act, sign, key, able) => {
    const arrow = made("button", { type: "button", className: "pill-button small step", ariaDisabled: String(!able) }, made("span", { ariaHidden: "true", textContent: sign }), made("span", { className: "unseen" }, bilingual(key)));
    Object.assign(arrow.dataset, { act, message: one.id });
    return arrow;
  };
  return [
    made(
      "span",
      { className: "versions" },
      step("earlier", "‹", "ask.version.earlier", place > 0),
      made("span", { className: "note version-place" }, made("span", { ariaHidden: "true", textContent: `${place + 1}/${versions.length}` }), made("span", { className: "unseen" }, bilingual("ask.version", { place: place + 1, count: versions.length }))),
      step("later", "›", "ask.version.later", place < versions.length - 1),
    ),
  ];
};
const has = (answer, wanted) => below(answer.parent).some((one) => one.role === "assistant" && wanted(one));
const answerActs = (answer) => {
  const row = made("div", { className: "answer-acts" }, ...versionsBar(answer));
  if (running(answer)) return row;
  const about = talk?.kind !== "chat";
  if (answer.text) row.append(button("copy", "ask.copy"));
  if (written(answer) || answer.status !== "done") row.append(button("again", "ask.again"));
  if (cutOff(answer) && answer.text) row.append(button("go-on", "ask.continue"));
  if (about && answer.variant.grounded && !has(answer, (one) => !one.variant.grounded)) row.append(button("without", "ask.without"));
  if (about && instructed && !written(answer) && !has(answer, (one) => written(one) && one.variant.grounded)) row.append(button("write", "ask.write"));
  if (about && canMark && written(answer) && !has(answer, (one) => !written(one))) row.append(button("mark", "ask.mark"));
  row.append(button("branch", "ask.branch"));
  if (answer.text && speech) row.append(button("listen", "ask.listen", { hidden: true, ariaPressed: "false" }));
  return row;
};
const drawAnswer = (answer) => {
  const main = made("div", { className: "answer-main" }, byline(answer), said(answer), ...sureness(answer), ...remarks(answer), answerActs(answer));
  const evidence = made("div", { className: "answer-evidence" }, ...evidenceOf(answer));
  const article = made("article", { className: "answer" }, main, evidence, ...(running(answer) ? [] : wasRead(answer)));
  article.dataset.answer = answer.id;
  article.classList.toggle("bare", !answer.evidence.length);
  article.setAttribute("aria-busy", String(running(answer)));
  return article;
};
