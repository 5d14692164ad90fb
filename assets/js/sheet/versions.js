/* Every version of the run that this page has seen, and the one that is shown. The page alone has them: a
 * temporary visit leaves them nowhere else. */
let versions = [];
let shown = -1;

const current = () => versions[shown];
const known = (key) => versions.find((version) => version.key === key);
const browse = (index) => {
  if (index < 0 || index >= versions.length) return;
  shown = index;
  closeOthers(false);
  draw(current());
  state();
};
/* The single result and the two of a comparison have one place: the style sheet shows what began last. */
const takePlace = (name) => (element.closest(".answering").dataset.shown = name);
const begun = (line) => {
  const parent = line.from ? known(line.from) : undefined;
  const tokens = parent ? parent.tokens.slice(0, line.kept) : [];
  if (line.chosen && tokens.length) tokens[tokens.length - 1] = [...line.chosen, parent.tokens[line.kept - 1][3]];
  for (const version of versions) version.end ??= "stopped";
  if (line.from === null) versions = [];
  versions.push({ ...line, key: line.begin, tokens, plain: "", figures: {}, drawn: 0, end: null });
  takePlace(element.closest(".pair") ? "pair" : "result");
  browse(versions.length - 1);
  if (props.leads) llamaDemo.show(`#${element.closest(".block").id}`);
  return current();
};
const continuable = (version) => Boolean(version?.end && version.end !== "end" && version.tokens.length);
let told = ""; /* the version that the meter of the window was last told of */
/* What can be pressed now, and how many versions there are. */
const state = () => {
  const version = current();
  element.querySelector(".result").classList.toggle("writing", Boolean(version && !version.end));
  part("empty").hidden = Boolean(version);
  text.hidden = !version;
  part("versions").hidden = versions.length < 2;
  part("versions").setAttribute("aria-label", plain("version.group"));
  part("count").textContent = `${shown + 1}/${versions.length}`;
  part("certainty").hidden = !version?.tokens.length;
  const able = {
    again: version?.end && !version.quotes,
    continue: continuable(version),
    copy: true,
    download: version?.end,
    earlier: shown > 0,
    later: shown < versions.length - 1,
  };
  for (const [act, can] of Object.entries(able)) {
    const button = element.querySelector(`[data-act="${act}"]`);
    button?.setAttribute("aria-disabled", String(!can));
  }
  const now = continuable(version) ? `${version.key} ${version.tokens.length}` : "";
  if (now !== told) document.dispatchEvent(new CustomEvent("llama-demo:asked"));
  told = now;
  if (version && colours && !text.querySelector(".token[tabindex]")) {
    const first = text.querySelector(".token");
    if (first) reach(first);
  }
};
