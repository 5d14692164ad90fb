/* What is asked about: documents of the library, a text, or nothing in particular. */
const collection = part("collection");
const text_ = part("text");
const about = { started: null }; /* the conversation about a file that was read */
let known_ = { collections: [], documents: [] };
let learning;

const wayChosen = () => element.querySelector("[name=ask-way]:checked").value;
const documentsPicked = () => [...part("documents").querySelectorAll("input:checked")].map((one) => one.value);
const showWay = () => {
  const chosen = wayChosen();
  for (const one of element.querySelectorAll("[data-for-way]")) one.hidden = one.dataset.forWay !== chosen;
  part("ask").dataset.way = chosen;
  part("hint").replaceChildren(bilingual(`ask.hint.${chosen}`));
  showAnswerers();
  suggest();
};
/* Between marking and writing there is a choice only where there is something to mark. */
const showAnswerers = () => {
  const chat = (talk?.kind ?? wayChosen()) === "chat";
  const choice = element.querySelector("[data-part=answerers]");
  if (choice) choice.hidden = chat;
  const manner = element.querySelector("[data-part=manner-open]");
  const marksOnly = choice && !chat && element.querySelector("[name=ask-answerer]:checked").value === "extractive";
  if (manner) manner.hidden = Boolean(marksOnly);
};
const setWay = (name) => {
  element.querySelector(`[name=ask-way][value=${name}]`).checked = true;
  showWay();
};
const option = (value, label, chosen) => made("option", { value, selected: value === chosen }, label);
const offer = () => {
  const chosen = collection.value || "sample";
  const own = known_.collections.filter((one) => !one.shared && one.documents);
  const listed = [...known_.collections.filter((one) => one.shared), ...own];
  if (!listed.some((one) => one.name === "sample")) listed.unshift({ name: "sample", key: "search.collection.sample", documents: 0 });
  collection.replaceChildren(...listed.map((one) => option(one.name, plain("search.collection.one", { name: one.key ? plain(one.key) : one.name, count: one.documents }), chosen)));
  const before = new Set(documentsPicked());
  part("some").hidden = known_.documents.length < 2;
  part("documents").replaceChildren(
    ...known_.documents.map(([id, name]) => {
      const input = made("input", { type: "checkbox", value: id, checked: before.has(id) });
      return made("label", { className: "document-pick" }, input, made("span", { textContent: name, dir: "auto" }));
    }),
  );
  showPicked();
};
const showPicked = () => {
  const count = documentsPicked().length;
  part("some-title").replaceChildren(count ? bilingual(count === 1 ? "ask.documents.one" : "ask.documents.some", { count }) : bilingual("ask.documents.all"));
};
const learn = async () => {
  clearTimeout(learning);
  let found = null;
  try {
    found = await server.about({ visit: llamaDemo.visit(), collection: collection.value || "sample" });
  } catch {
    /* it is asked for anew as soon as it is needed */
  }
  if (!found || found.problem) return;
  known_ = found;
  offer();
  const { done, total } = found.samples;
  const ready = total > 0 && done === total;
  part("preparing").hidden = ready;
  if (!ready) {
    part("preparing").replaceChildren(bilingual(total ? "search.preparing" : "search.preparing.begun", { done, total }));
    learning = setTimeout(learn, 1_000);
  }
};
/* ---- questions to begin with ---------------------------------------------------------------------- */

const SETTLED = 700; /* milliseconds without a change before questions are made of what was pasted or picked */
const ENOUGH = 40; /* characters of a text that questions can be made of */
let suggesting = 0;
const showTries = (title, tries) => {
  part("try-title").replaceChildren(bilingual(title));
  part("tries").hidden = !tries.length;
  part("try-list").replaceChildren(
    ...tries.map(({ text, lang }) => {
      const pill = made("button", { type: "button", className: "pill-button plain", textContent: text, dir: "auto" });
      if (lang) pill.lang = lang;
      pill.dataset.try = text;
      return pill;
    }),
  );
};
const suggest = async () => {
  suggesting += 1;
  const mine = suggesting;
  const chosen = wayChosen();
  if (chosen === "chat") return showTries("ask.try.chat", props.openings[llamaDemo.language].map((text) => ({ text })));
  const example = chosen === "text" ? exampleShown() : null;
  if (example) return showTries("ask.try", example.questions.map((text) => ({ text, lang: example.language })));
  const wish = wishFor(chosen);
  if (wish.text !== undefined || wish.documents?.length) {
    showTries("ask.try", []);
    if (wish.text?.trim().length < ENOUGH) return undefined;
    await new Promise((done) => setTimeout(done, SETTLED));
    if (mine !== suggesting) return undefined;
  }
  const slow = setTimeout(() => {
    if (mine === suggesting) showLooking();
  }, 300);
  try {
    const found = await server.suggested({ visit: llamaDemo.visit(), ...wish });
    if (mine === suggesting && !found.problem) showTries("ask.try", found.questions.map((text) => ({ text })));
  } catch {
    if (mine === suggesting) showTries("ask.try", []);
  } finally {
    clearTimeout(slow);
  }
  return undefined;
};
/* Only questions that the reader answers right are offered; to find them takes a moment. */
const showLooking = () => {
  showTries("ask.try.looking", []);
  part("tries").hidden = false;
};
const wishFor = (way) => {
  if (way === "library") return { collection: collection.value || "sample", documents: documentsPicked() };
  return about.started ? { conversation: about.started } : { text: text_.value };
};
const exampleShown = () => props.examples.find((one) => one.text === text_.value);

/* ---- a text ------------------------------------------------------------------------------------ */

const complain = (html) => {
  part("problem").innerHTML = html; /* made and escaped by the server */
};
const note = (name) => part("problem").replaceChildren(element.querySelector(`template.${name}`).content.cloneNode(true));
const forgetFile = () => {
  about.started = null;
  part("read-file").hidden = true;
};
const takeFile = async (file) => {
  if (!file) return;
  forgetFile();
  part("problem").replaceChildren();
  part("read-file").hidden = false;
  part("read-file").replaceChildren(bilingual("ask.text.opening", { name: file.name }));
  say("ask.text.opening", { name: file.name });
  const header = (value) => encodeURIComponent(JSON.stringify(value));
  try {
    const answer = await fetch("ask/text", { method: "POST", headers: { "Content-Type": "application/octet-stream", "X-Visit": header(llamaDemo.visit()), "X-Asked": header({ name: file.name }) }, body: file });
    if (!answer.ok) {
      part("read-file").hidden = true;
      complain(await answer.text());
      return;
    }
    const told = await answer.json();
    about.started = told.id;
    text_.value = "";
    const { name, pages, characters } = told.subject;
    const key = pages > 1 ? "ask.text.read.pages" : "ask.text.read";
    part("read-file").replaceChildren(bilingual(key, { name, pages, characters: characters.toLocaleString("en") }), " ", button("forget-file", "ask.text.forget"));
    say(key, { name, pages, characters: characters.toLocaleString("en") });
    suggest();
    part("question").focus();
  } catch {
    part("read-file").hidden = true;
    note("unreachable");
  }
};
part("file").addEventListener("change", () => {
  takeFile(part("file").files[0]);
  part("file").value = "";
});
takesDrops(part("drop"), (transfer) => takeFile(transfer.files[0]));
