// @ts-check
/* What is asked about: documents of the library, a text, or nothing in particular. */
import { pillButton } from "../lib/button.js";
import { upload } from "../lib/client.js";
import { collectionOption, searchable, showPreparing } from "../lib/collections.js";
import { deepeningLine } from "../lib/deepening.js";
import { create, parts } from "../lib/dom.js";
import { acceptDrops } from "../lib/drop.js";
import { bilingual } from "../lib/i18n.js";
import { createSuggestions } from "./suggestions.js";

/** @typedef {"library" | "text" | "chat"} Kind */
/** @typedef {{ language: string, title: string, text: string, questions: string[] }} Example */

const AGAIN = 1_000; /* milliseconds until it is asked again whether the samples are ready */

/** @param {object} options
 * @param {Element} options.element
 * @param {import("../types").AskServer & import("../types").CollectionsServer} options.api
 * @param {ReturnType<typeof import("../lib/status.js").statusLine>} options.status
 * @param {ReturnType<typeof import("../lib/notice.js").noticeIn>} options.notice
 * @param {Example[]} options.examples
 * @param {Record<string, string[]>} options.openings
 * @param {() => string | undefined} options.conversationKind of the conversation that is shown
 * @param {() => void} options.fileRead called when a file was read and can be asked about */
export const createSubject = ({ element, api, status, notice, examples, openings, conversationKind, fileRead }) => {
  const part = parts(element);
  const collection = /** @type {HTMLSelectElement} */ (part("collection"));
  const area = /** @type {HTMLTextAreaElement} */ (part("text"));
  const suggestions = createSuggestions({ element, api, openings });
  /** @type {string | null} the conversation about a file that was read */
  let begun = null;
  /** @type {import("../types").CollectionsResponse | null} */
  let known = null;
  /** @type {number | undefined} */
  let timer;

  /** @param {string} name of a group of radio buttons @returns {string | undefined} */
  const checked = (name) => /** @type {HTMLInputElement | null} */ (element.querySelector(`[name=${name}]:checked`))?.value;
  const kind = () => /** @type {Kind} */ (checked("ask-way"));
  const answerer = () => checked("ask-answerer");
  const collectionName = () => collection.value || "sample";
  const deepening = deepeningLine(element, () => api.deepening({ collection: collectionName() }));
  /** @returns {string[]} */
  const documents = () => [...part("documents").querySelectorAll("input:checked")].map((input) => input.value);

  const suggest = () => {
    const chosen = kind();
    const example = chosen === "text" ? examples.find((one) => one.text === area.value) : undefined;
    if (chosen === "chat") suggestions.showOpenings();
    else if (example) suggestions.showExample(example);
    else if (chosen === "library") suggestions.find({ collection: collectionName(), documents: documents() });
    else suggestions.find(begun ? { conversation: begun } : { text: area.value });
  };
  /* Between marking and writing there is a choice only where there is something to mark. */
  const showAnswerers = () => {
    const chat = (conversationKind() ?? kind()) === "chat";
    const choice = part("answerers");
    const manner = part("manner-open");
    if (choice) choice.hidden = chat;
    if (manner) manner.hidden = Boolean(choice && !chat && answerer() === "extractive");
  };
  const showKind = () => {
    const chosen = kind();
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-for-way]"))) one.hidden = one.dataset.forWay !== chosen;
    part("ask").dataset.way = chosen;
    part("hint").replaceChildren(bilingual(`ask.hint.${chosen}`));
    showAnswerers();
    suggest();
  };
  /** @param {Kind} name */
  const choose = (name) => {
    const way = /** @type {HTMLInputElement | null} */ (element.querySelector(`[name=ask-way][value=${name}]`));
    if (way) way.checked = true; /* the model of today may not be able to chat */
    showKind();
  };

  const showPicked = () => {
    const count = documents().length;
    const title = count ? bilingual(count === 1 ? "ask.documents.one" : "ask.documents.some", { count }) : bilingual("ask.documents.all");
    part("some-title").replaceChildren(title);
  };
  const drawLibrary = () => {
    const chosen = collectionName();
    collection.replaceChildren(...searchable(known?.collections ?? []).listed.map((one) => collectionOption(one, chosen)));
    const before = new Set(documents());
    const found = known?.documents ?? [];
    part("some").hidden = found.length < 2;
    part("documents").replaceChildren(
      ...found.map(([id, name]) => {
        const input = create("input", { type: "checkbox", value: id, checked: before.has(id) });
        return create("label", { className: "document-pick" }, input, create("span", { textContent: name, dir: "auto" }));
      }),
    );
    showPicked();
  };
  const loadLibrary = async () => {
    clearTimeout(timer);
    try {
      known = await api.about({ collection: collectionName() });
    } catch {
      return; /* it is asked for anew as soon as it is needed */
    }
    drawLibrary();
    deepening.show(known.deep);
    if (!showPreparing(part("preparing"), known.samples)) timer = setTimeout(loadLibrary, AGAIN);
  };

  const forgetFile = () => {
    begun = null;
    part("read-file").hidden = true;
  };
  /** @param {File | undefined} file */
  const readFile = async (file) => {
    if (!file) return;
    forgetFile();
    notice.clear();
    const line = part("read-file");
    line.hidden = false;
    line.replaceChildren(bilingual("ask.text.opening", { name: file.name }));
    status.say("ask.text.opening", { name: file.name });
    try {
      /** @type {import("../types").FileConversationItem} */
      const conversation = await upload("ask/text", { name: file.name }, [file]);
      begun = conversation.id;
      area.value = "";
      const { name, pages, characters } = conversation.subject;
      const key = pages > 1 ? "ask.text.read.pages" : "ask.text.read";
      const values = { name, pages, characters: characters.toLocaleString("en") };
      /* What of the file could not be read; escaped by the server. */
      const lacking = conversation.notices.map((one) => create("span", { className: "note document-notice", innerHTML: one }));
      line.replaceChildren(bilingual(key, values), " ", pillButton("forget-file", "ask.text.forget"), ...lacking);
      status.say(key, values);
      suggest();
      fileRead();
    } catch (error) {
      line.hidden = true;
      notice.show(error);
    }
  };

  element.addEventListener("change", ({ target }) => {
    if (!(target instanceof Element)) return;
    const name = target.getAttribute("name");
    if (name === "ask-way") showKind();
    else if (name === "ask-answerer") showAnswerers();
    else if (target === collection) {
      for (const input of part("documents").querySelectorAll("input")) input.checked = false;
      loadLibrary();
      suggest();
    } else if (target.closest("[data-part=documents]")) {
      showPicked();
      suggest();
    }
  });
  area.addEventListener("input", () => {
    if (begun) forgetFile();
    suggest();
  });
  part("file").addEventListener("change", () => {
    readFile(part("file").files[0]);
    part("file").value = "";
  });
  acceptDrops(part("drop"), (transfer) => readFile(transfer.files[0]));

  return {
    kind,
    choose,
    showKind,
    showAnswerers,
    suggest,
    drawLibrary,
    loadLibrary,
    /** The conversation that the first question goes on, about a file that was read. */
    begun: () => (kind() === "text" ? begun : null),
    /** Whether a text is wanted, but there is none. */
    lacksText: () => kind() === "text" && !begun && !area.value.trim(),
    focusText: () => area.focus(),
    forgetFile,
    /** Put an example into the box. @param {number} place */
    takeExample(place) {
      forgetFile();
      area.value = examples[place].text;
      suggest();
      status.say("ask.status.example", { title: examples[place].title });
    },
    /** Ask about a collection, if it is still there. @param {string} name */
    chooseCollection(name) {
      if ([...collection.options].some((one) => one.value === name)) collection.value = name;
    },
    /** Go on with a conversation that has no question yet, such as one about a file that was only read.
     * @param {import("../types").ConversationItem} conversation */
    startFrom(conversation) {
      if (conversation.kind !== "text") return;
      choose("text");
      begun = conversation.id;
      suggest();
    },
    /** What a new conversation is about. @returns {import("../types").SubjectRequest} */
    request() {
      const system = part("system")?.value ?? "";
      const chosen = kind();
      if (chosen === "library") return { kind: chosen, collection: collectionName(), documents: documents(), system };
      return chosen === "text" ? { kind: chosen, text: area.value, system } : { kind: chosen, system };
    },
    /** Who answers. @param {string} about kind of the conversation @returns {import("../types").VariantRequest[]} */
    variants(about) {
      const chosen = answerer();
      if (about === "chat" || !chosen) return [{ answerer: "auto" }];
      if (chosen === "both") return [{ answerer: "extractive" }, { answerer: "generative" }];
      return [{ answerer: chosen === "extractive" ? "extractive" : "generative" }];
    },
    /** How daring a model writes. */
    daring: () => checked("ask-daring") ?? "balanced",
  };
};
