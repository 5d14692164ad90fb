/* Reads what the server sends while it answers: lines of JSON, the first of which names the request. */
const read = new Map(); /* of each request, how much has been read and its number */
const TELL_EVERY = 5_000; /* milliseconds between two announcements */
let toldAt = 0;

const fresh = (line) => ({ role: "assistant", content: "", text: "", status: "running", answerable: true, across: false, confidence: null, evidence: [], retrieved: [], blocks: null, standalone: "", model: "", tokens: {}, dropped: 0, limits: [], warning: "", waiting: 0, ...line });
const kinds = {
  talk: (line) => {
    const { messages: _, ...known } = talk ?? {};
    if (talk?.id !== line.talk.id) open(null);
    talk = { ...known, ...line.talk };
    keepTalk();
    refreshSide();
  },
  question: (line) => {
    sending = null;
    if (!find(line.question.id)) messages.push({ role: "user", ...line.question });
    pick(find(line.question.id));
  },
  answer: (line) => {
    if (find(line.answer.id)) return;
    const one = fresh(line.answer);
    const first = !below(one.parent).length;
    const main = way().find(({ question }) => question.id === one.parent)?.main;
    messages.push(one);
    picked.set(placeOf(one), one.id);
    /* Another kind of answer stands beside the one that the conversation goes on from; a version replaces it. */
    if (first || !main || kindOf(main) === kindOf(one)) pick(one);
    else picked.set(`main ${one.parent}`, main.id);
  },
  text: ({ text: [id, keep, rest] }) => {
    const one = find(id);
    one.text = one.text.slice(0, keep) + rest;
  },
  blocks: ({ blocks: [id, keep, rest] }) => {
    const one = find(id);
    one.blocks = [...(one.blocks ?? []).slice(0, keep), ...rest];
  },
  set: ({ set: [id, values] }) => Object.assign(find(id), values),
};
const structural = new Set(["talk", "question", "answer"]);

const follow = () => {
  const whole = props.value || "";
  if (!whole) return undefined;
  const first = whole.slice(0, whole.indexOf("\n"));
  const opening = JSON.parse(first);
  if (opening.reopen) return reopen(first, opening.reopen);
  const state = read.get(first) ?? { to: first.length + 1 };
  read.set(first, state);
  if (read.size > 20) read.delete(read.keys().next().value);
  const to = whole.lastIndexOf("\n") + 1;
  const fresh_ = whole.slice(state.to, to);
  state.to = to;
  if (opening.ask !== asked) return undefined; /* another conversation was opened meanwhile */
  let anew = false;
  const touched = new Set();
  for (const text of fresh_.split("\n")) {
    if (!text) continue;
    const line = JSON.parse(text);
    const kind = Object.keys(line)[0];
    if (kind === "end") finished();
    if (kind === "problem") {
      silence();
      complain(line.problem);
    }
    if (!(kind in kinds)) continue;
    kinds[kind](line);
    anew ||= structural.has(kind);
    if (!structural.has(kind)) touched.add(line[kind][0]);
  }
  const answers = [...touched].map(find).filter(Boolean);
  if (anew) {
    drawLog();
    showNewest();
  } else for (const answer of answers) redraw(answer);
  for (const answer of answers) tell(answer);
  return undefined;
};
/* By the status line, now and then; not token by token. */
const tell = (answer) => {
  if (!running(answer)) return tellEnd(answer);
  if (performance.now() - toldAt < TELL_EVERY) return undefined;
  toldAt = performance.now();
  if (answer.waiting) return say("ask.waiting", { count: answer.waiting });
  if (!answer.text) return say(written(answer) ? "ask.reading" : "ask.looking");
  return say("ask.status.writing", { tokens: answer.tokens.tokens ?? "" });
};
const tellEnd = (answer) => {
  if (answer.told) return undefined;
  answer.told = true;
  if (ends[answer.status]) return say(ends[answer.status]);
  if (!answer.answerable) return say(talk?.kind === "text" ? "ask.none.text" : "ask.none");
  if (!written(answer)) return say("ask.status.marked", { answer: answer.text });
  return say("ask.status.written", { passages: answer.evidence.length });
};
/* The end of what is new comes into view, unless somebody reads further up. */
const showNewest = () => {
  const last = log.lastElementChild;
  if (!last || log.contains(document.activeElement)) return;
  const { top } = last.getBoundingClientRect();
  if (top > window.innerHeight * 0.6 || top < 0) last.scrollIntoView({ block: "start" });
};
