"""Messages between the Translate tab and the server."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llama_demo.services.translation.service import Doubt, Term, TranslationRequest
from llama_demo.ui.schemas import Name, Schema, Text, UpdateLine

Side = Literal["", "greedy", "beam"]
State = Literal["waiting", "running", "done", "stopped"]


class DirectionRequest(Schema):
    """Languages of a translation, and its model unless it is the default one."""

    source: Name = "auto"
    target: Name = "en"
    model: Name = ""


class TranslateRequest(DirectionRequest):
    """A text to be translated.

    Attributes:
        act: ``compare`` translates it twice, greedily and by beam search.
        ask: counts the requests of a page, so that it can tell a late answer from the one it waits for.
        typed: whether it was asked for by typing, not by a button.
    """

    act: Literal["translate", "compare"] = "translate"
    text: Text = ""
    ask: int = Field(0, ge=0)
    typed: bool = False

    def translation_request(self, glossary: tuple[Term, ...]) -> TranslationRequest:
        """The request to the service."""
        return TranslationRequest(self.text, self.source, self.target, model=self.model, glossary=glossary)


class TranslateDocumentRequest(DirectionRequest):
    """A document to be translated; its file comes beside it.

    Attributes:
        name: as the visitor calls it.
        otherwise: into which language it goes if it is in the target language already.
    """

    name: Name = ""
    otherwise: Name = ""


class TranslatedFileRequest(Schema):
    """A translated document, by the id in its progress."""

    id: Name = ""


class SentenceRequest(DirectionRequest):
    """A sentence and its translation, to be inspected."""

    text: Text = ""
    translation: Text = ""

    @property
    def translation_request(self) -> TranslationRequest:
        """The request to the service."""
        return TranslationRequest(self.text, self.source, self.target, model=self.model)


class WordRequest(Schema):
    """A position in a text, in UTF-16 units."""

    text: Text = Field("", max_length=5_000)
    unit: int = Field(0, ge=0)


class TermRequest(DirectionRequest):
    """A term of the glossary."""

    term: Text = ""
    translation: Text = ""


class StoppedResponse(Schema):
    """Whether a run was stopped."""

    stopped: bool


class AlternativeItem(Schema):
    """An alternative translation.

    Attributes:
        share: geometric mean probability of its tokens, 0 to 1.
        doubts: what may be wrong with it, by comparison with the sentence.
    """

    text: str
    share: float
    doubts: list[Doubt]


class AlternativesResponse(Schema):
    """Alternative translations of a sentence, best first."""

    found: list[AlternativeItem]


class AlignmentResponse(Schema):
    """Cross-attention between two texts.

    Attributes:
        links: start and end of a word of the source, start and end of a word of the translation, in UTF-16
            units, and the share of attention, 0 to 1.
        limit: ``sentence`` if the model cannot read the sentence at once, so that there are no links;
            ``translation`` if it cannot read all of the translation, so that there are none at its end.
    """

    links: list[tuple[int, int, int, int, float]]
    limit: Literal["", "sentence", "translation"] = ""


class DictionaryEntryItem(Schema):
    """A reading of a Chinese word.

    Attributes:
        traditional: the word in traditional characters; empty if they are the same.
    """

    word: str
    traditional: str
    pinyin: str
    glosses: list[str]
    measure_words: list[str]


class WordResponse(Schema):
    """Dictionary entry of the word at a position.

    Attributes:
        start, end: of the word, in UTF-16 units; None if the dictionary has none there.
    """

    start: int | None
    end: int | None
    entries: list[DictionaryEntryItem]


class TermsResponse(Schema):
    """The glossary of a direction: terms, each with its translation."""

    terms: list[tuple[str, str]]


class TranslationBeginLine(Schema):
    """First line of a run.

    Attributes:
        begin: an id of the run, for this stream alone.
        ask: the page's number of the request; 0 for a run of the history.
        side: of which it is, if two are compared.
    """

    begin: str
    ask: int
    side: Side


class TranslationRequestLine(Schema):
    """Second line of a run: the request as it was understood."""

    text: str
    source: str
    target: str
    beams: int
    model: str


class SentencePairItem(Schema):
    """A sentence and its translation, told by what follows the sentence before.

    Attributes:
        skip: UTF-16 units of the source between the sentence before and this one.
        length: UTF-16 units of the sentence.
        lead: text of the translation between the sentence before and this one.
        score: mean log-probability of its tokens; None for what was not translated.
        terms: of the glossary: start and end in the sentence, start and end in its translation.
        missed: terms of the glossary whose translation does not occur.
        doubts: what may be wrong with it, by comparison with the sentence.
    """

    skip: int
    length: int
    lead: str
    text: str
    score: float | None
    unsure: bool
    terms: list[tuple[int, int, int, int]]
    missed: list[str]
    doubts: list[Doubt]


class TranslationUpdateLine(UpdateLine):
    """Changes of a run since the line before.

    Attributes:
        guess: the detected language, how sure, and a second language of the text.
        route: source, target, model and the language between.
        progress: sentences that are done, and all.
        note: why nothing was translated.
        looks: the language that the text looks like, if another one was chosen.
        run: id of the run in the history.
        warning: HTML.
        reopened: how a run of the history ended.
    """

    guess: tuple[str, float, str] | None = None
    route: tuple[str, str, str, str] | None = None
    pairs: list[SentencePairItem] | None = None
    progress: tuple[int, int] | None = None
    note: str | None = None
    looks: str | None = None
    run: str | None = None
    warning: str | None = None
    reopened: str | None = None


class TranslationEndLine(UpdateLine):
    """Last line of a run.

    Attributes:
        tail: what follows the last sentence.
        end: the reason: ``end``, ``stopped`` or ``failed``.
        seconds: None if it failed.
    """

    tail: str
    end: str
    seconds: float | None = None


class DocumentProgressLine(Schema):
    """Progress of a document.

    Attributes:
        id: of the translated file; empty while the document waits for its turn.
        name: of the translated file.
        done, total: passages.
        unsure: passages that are to be read again.
        state: ``waiting``, ``running``, ``done`` or ``stopped``.
        notices: what of the file is not translated because it could not be read, each as HTML.
    """

    id: str
    name: str
    done: int
    total: int
    unsure: int
    state: State
    seconds_left: float | None
    notices: list[str]
