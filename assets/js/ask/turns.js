/* The conversation from top to bottom: each question with its answers. What is drawn anew keeps the focus. */
const log = part("log");
let sending = null; /* a question that is on its way: its text, and the message that it follows */

const questionActs = (question) =>
  made("div", { className: "question-acts" }, ...versionsBar(question), button("edit", "ask.edit"), button("copy-question", "ask.copy"));
const editing = (question) => {
  const area = made("textarea", { value: question.content, rows: 2, dir: "auto", ariaLabel: plain("ask.edit.box") });
  const acts = made("div", { className: "acts" }, made("button", { type: "submit", className: "pill-button" }, bilingual("ask.edit.send")), button("cancel-edit", "ask.cancel"));
  return made("form", { className: "editing", hidden: true }, area, acts);
};
const drawQuestion = (question) =>
  made("div", { className: "question" }, made("p", { className: "question-text", dir: "auto", textContent: question.content }), ...(question.id ? [questionActs(question), editing(question)] : []));
const drawTurn = ({ question, answers }) => {
  const list = made("div", { className: "answers" }, ...answers.map(drawAnswer));
  list.classList.toggle("several", answers.length > 1);
  const turn = made("section", { className: "exchange", ariaLabel: plain("ask.turn", { question: question.content.slice(0, 80) }) }, drawQuestion(question), list);
  turn.dataset.question = question.id;
  return turn;
};
/* Where the oldest messages end that the model did not get to see. */
const markDropped = (turns) => {
  const dropped = turns.at(-1)?.main?.dropped ?? 0;
  if (!dropped) return;
  const place = Math.min(Math.ceil(dropped / 2), turns.length - 1);
  const mark = made("p", { className: "note dropped" }, bilingual("ask.dropped", { count: dropped }));
  log.children[place]?.before(mark);
};
const focusKept = (draw) => {
  const active = document.activeElement;
  const inside = log.contains(active);
  const owner = active?.closest?.("[data-answer], [data-question]");
  const key = owner?.dataset.answer ? `[data-answer="${owner.dataset.answer}"]` : `[data-question="${owner?.dataset.question}"]`;
  const act = active?.dataset?.act;
  draw();
  if (inside && !log.contains(document.activeElement)) (log.querySelector(`${key} [data-act="${act}"]`) ?? log.querySelector(`${key} button`) ?? part("question")).focus({ preventScroll: true });
};
const drawLog = () =>
  focusKept(() => {
    const opened = new Set([...log.querySelectorAll(".was-read[open]")].map((one) => one.closest(".answer").dataset.answer));
    const turns = way();
    const shown = sending ? turns.filter(({ question }) => sending.path.includes(question.id)) : turns;
    log.replaceChildren(...shown.map(drawTurn));
    if (sending) {
      const waitingFor = made("div", { className: "answers" }, made("p", { className: "note waiting" }, bilingual("ask.sending")));
      log.append(made("section", { className: "exchange" }, drawQuestion({ content: sending.text }), waitingFor));
    }
    for (const id of opened) log.querySelector(`[data-answer="${id}"] .was-read`)?.setAttribute("open", "");
    markDropped(turns);
    showFrame(shown.length > 0 || Boolean(sending));
    showBudget(turns.at(-1)?.main);
    showVoices();
  });
/* One answer anew, while it grows. */
const redraw = (answer) => {
  const there = log.querySelector(`[data-answer="${answer.id}"]`);
  if (!there) return drawLog();
  const main = there.querySelector(".answer-main");
  const fits = there.classList.contains("bare") === !answer.evidence.length;
  if (running(answer) && fits && main.querySelector(".answer-text")) main.querySelector(".answer-text").replaceWith(said(answer));
  else focusKept(() => there.replaceWith(drawAnswer(answer)));
  if (!running(answer)) drawLog();
  return undefined;
};
/* Before the first question there is a choice to make; afterwards there is a name. */
const showFrame = (begun) => {
  part("about").hidden = begun;
  for (const name of ["starting", "what-comes"]) part(name).hidden = begun;
  part("new").hidden = !begun && !talk;
  part("keep").hidden = !begun || !talk?.temporary;
  part("ways").hidden = begun;
  part("name").hidden = !begun;
  part("name").replaceChildren(...(begun ? [titleOf(talk)] : []));
  part("ask").classList.toggle("begun", begun);
  part("hint").replaceChildren(bilingual(`ask.hint.${talk?.kind ?? wayChosen()}`));
};
const titleOf = (one) => {
  const name = made("span", { className: "talk-title", dir: "auto", textContent: one?.title ?? "" });
  if (!one) return name;
  const about = made("span", { className: "note talk-about" });
  if (one.kind === "library") about.append(bilingual("ask.about.library", { name: (language) => collectionIn(one.subject, language) }));
  else about.append(bilingual(one.kind === "text" && !one.subject.name ? "ask.about.pasted" : `ask.about.${one.kind}`, { name: one.subject.name, characters: (one.subject.characters ?? 0).toLocaleString("en") }));
  if (one.temporary) about.append(" · ", bilingual("ask.unsaved"));
  return made("span", {}, name, about);
};
const collectionIn = (subject, language) => {
  const key = { sample: "search.collection.sample", default: "search.collection.default" }[subject.collection];
  const name = key ? TEXTS[language][key] : subject.collection;
  return subject.documents?.length ? filled(language, "ask.about.documents", { name, count: subject.documents.length }) : name;
};
const showBudget = (answer) => {
  const { prompt_tokens: prompt, tokens = 0, context } = answer?.tokens ?? {};
  part("budget").hidden = !prompt || !context;
  if (!prompt || !context) return;
  const used = prompt + (Number(tokens) || 0);
  part("budget-fill").style.width = percentOf(Math.min(1, used / context));
  part("budget-said").replaceChildren(bilingual("ask.budget", { used: used.toLocaleString("en"), context: context.toLocaleString("en") }));
};
