/* Both panes. Behind the box that is typed in lies the same text once more, as one text node: places in it
 * are coloured without changing it. The translation is a span for each sentence, drawn once and added to. */
const area = part("area");
const mirror = part("mirror");
const pane = part("pane");
const DRAWN_EVERY = 200; /* milliseconds */
let run = null; /* what is shown, or on its way */

const showTyped = () => {
  const text = area.value;
  mirror.textContent = `${text}\u200b`;
  part("hint").hidden = Boolean(text);
  const length = Array.from(text).length;
  const count = part("count");
  count.replaceChildren(bilingual(length > props.longest ? "translate.count.over" : "translate.count", { count: length.toLocaleString("en"), most: props.longest.toLocaleString("en") }));
  count.classList.toggle("over", length > props.longest);
  part("clear").setAttribute("aria-disabled", String(!text));
};
/* Whether the text in the box still is what was translated. */
const fits = () => Boolean(run && run.text === area.value);

const sentenceSpan = (pair, index) => {
  const span = made("span", { className: "said", textContent: pair.text });
  span.dataset.i = index;
  span.classList.toggle("unsure", Boolean(pair.unsure));
  return span;
};
const grow = () => {
  clearTimeout(run.timer);
  run.timer = undefined;
  run.drawnAt = performance.now();
  const fresh = document.createDocumentFragment();
  for (; run.drawn < run.pairs.length; run.drawn += 1) {
    const pair = run.pairs[run.drawn];
    fresh.append(pair.lead, sentenceSpan(pair, run.drawn));
  }
  if (run.end && run.tail) {
    fresh.append(run.tail);
    run.tail = "";
  }
  if (run.fresh) {
    pane.replaceChildren();
    pane.lang = run.target;
    run.fresh = false;
  }
  pane.append(fresh);
  showState();
  paintTerms();
  if (!pane.querySelector(".said[tabindex]")) reach(pane.querySelector(".said"));
};
const draw = () => {
  const wait = DRAWN_EVERY - (performance.now() - run.drawnAt);
  if (run.end || wait <= 0) grow();
  else run.timer ??= setTimeout(grow, wait);
};
const translation = () => (run && !run.fresh ? pane.textContent : "");
const showState = () => {
  const text = translation();
  element.querySelector(".translate").classList.toggle("working", Boolean(run && !run.end));
  part("empty").hidden = Boolean(text);
  pane.hidden = !text;
  pane.classList.toggle("stale", !fits());
  for (const act of ["copy", "download"]) element.querySelector(`[data-act=${act}]`).setAttribute("aria-disabled", String(!text));
  element.querySelector("[data-act=compare]").setAttribute("aria-disabled", String(!run?.route || Boolean(run && !run.end)));
  part("stop").hidden = !(run && !run.end);
  const bar = part("progress");
  bar.hidden = !run || Boolean(run.end) || run.total < 4;
  if (run?.total) {
    bar.max = run.total;
    bar.value = run.done;
  }
  part("legend-unsure").hidden = !run?.pairs.some((pair) => pair.unsure);
  part("legend-term").hidden = !run?.pairs.some((pair) => pair.terms?.length);
  showMade();
  showLooks();
  showFormer();
  showVoices();
};
/* The language by hand is not the one that the text looks like: said, and put right with one click. */
const showLooks = () => {
  const language = fits() && run.source === chosen.source ? run.looks : "";
  part("looks").hidden = !language;
  if (!language) return;
  const names = { language: nameOf(language), source: nameOf(run.source) };
  part("looks-say").replaceChildren(bilingual("translate.looks", names));
  part("looks-switch").replaceChildren(bilingual("translate.looks.switch", names));
  part("looks-switch").hidden = !props.routes[language];
};
/* What stands there belongs to another text, and nothing is on its way to take its place. */
const showFormer = () => {
  part("former").hidden = fits() || !translation() || (comesByItself() && !part("problem").textContent);
};
const showMade = () => {
  const by = part("made");
  by.replaceChildren();
  if (!run?.route || run.fresh) return;
  const [source, target, model, via] = run.route;
  const values = { model, source: nameOf(source), target: nameOf(target), via: nameOf(via) };
  by.append(bilingual(via ? "translate.made.via" : "translate.made", values));
};
/* One sentence at a time can be reached with Tab; the arrows go on from it. To a screen reader the
 * translation is running text, and only the sentence that is reached is a button. */
const reach = (span) => {
  for (const other of pane.querySelectorAll(".said[tabindex]")) {
    for (const name of ["tabindex", "role", "aria-haspopup", "aria-description"]) other.removeAttribute(name);
  }
  if (!span) return;
  span.tabIndex = 0;
  span.setAttribute("role", "button");
  span.setAttribute("aria-description", plain(span.classList.contains("unsure") ? "translate.sentence.unsure" : "translate.sentence.said"));
};
