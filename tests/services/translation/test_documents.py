"""A document goes in and comes out in the other language: progress, cancelling, whose file it is."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import docx
import pytest

from llama_demo.documents.parsing import Parser
from llama_demo.documents.rewriting import OpenedDocument
from llama_demo.documents.segments import MOST_CHARACTERS, SegmentTranslation
from llama_demo.errors import DemoError, DocumentError, InputError
from llama_demo.services.history.runs import RunService
from llama_demo.services.models import Models
from llama_demo.services.translation.documents import (
    AT_ONCE,
    WAITING,
    DocumentTranslationProgress,
    DocumentTranslationService,
    translated_name,
)
from llama_demo.services.translation.service import TranslationRequest, TranslationService
from llama_demo.services.translation.translated_files import (
    LIFETIME,
    MOST_OF_ONE,
    TranslatedFile,
    TranslatedFileStore,
)
from llama_demo.services.visits import Visit
from tests.conftest import GENERATOR
from tests.translators import write_translator

ANN = Visit("ann", "en", temporary=False, operator=False, page="a")
BOB = Visit("bob", "en", temporary=False, operator=False, page="b")
NOBODY = Visit(None, "en", temporary=True, operator=False, page="c")

TEXT = b"# A **dog** ran\n\n- One `code` item\n- 42\n\nThe same line\n\nThe same line\n"
LONG = "".join(f"The dog number {number} ran home.\n" for number in range(400)).encode()


@pytest.fixture(scope="module")
def translators(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """A small one with random weights beside the generator."""
    folder = write_translator(tmp_path_factory.mktemp("models") / "tiny", positions=24)
    return Models([GENERATOR, folder], device="cpu")


@pytest.fixture
def translation(translators: Models, runs: RunService) -> TranslationService:
    """The service for texts."""
    return TranslationService(translators, runs)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    """The process that reads and writes the files of all tests here."""
    with Parser() as one:
        yield one


@pytest.fixture
def documents(
    translation: TranslationService, runs: RunService, parser: Parser
) -> DocumentTranslationService:
    """The service for documents."""
    return DocumentTranslationService(translation, runs, parsers=[parser] * AT_ONCE)


def whole(steps: Iterator[DocumentTranslationProgress]) -> list[DocumentTranslationProgress]:
    """Every step to the end."""
    return list(steps)


def test_a_document_is_translated(documents: DocumentTranslationService, runs: RunService) -> None:
    """Progress from nothing to all, a file of the same format, and one row in the history."""
    first, *_, last = whole(documents.translate_document(ANN, "note.md", TEXT, source="en", target="fr"))
    assert (first.done, first.total, first.state, first.name) == (0, 4, "running", "note.fr.md")
    assert (last.done, last.state, last.seconds_left, last.language) == (4, "done", 0.0, "en")
    assert last.id == first.id
    made = documents.result(ANN, last.id)
    assert (made.name, made.media_type, made.language, made.complete) == (
        "note.fr.md",
        "text/markdown",
        "fr",
        True,
    )
    lines = made.data.decode().split("\n")
    assert lines[0].startswith("# ")
    assert "**" in lines[0]
    assert lines[2].startswith("- ")
    assert "`code`" in lines[2]
    assert lines[3:5] == ["- 42", ""]
    assert lines[5] == lines[7]

    (run,) = runs.page(ANN)
    assert (run.task, run.status, run.id) == ("translate", "done", last.run_id)
    assert run.options["document"] == "note.fr.md"
    assert run.input.split("\n")[2:] == ["The same line"] * 2


def test_the_history_opens_it_again(
    documents: DocumentTranslationService, translation: TranslationService, runs: RunService
) -> None:
    """As a text beside its translation, passage by passage."""
    whole(documents.translate_document(ANN, "a.txt", b"One.\n\nTwo.\n", source="en", target="fr"))
    asked, shown = translation.reopened(runs.page(ANN)[0])
    assert (asked.source, asked.target, shown.done) == ("en", "fr", 2)
    assert [asked.text[slice(*pair.source)] for pair in shown.pairs] == ["One.", "Two."]
    assert "\n".join(shown.text[slice(*pair.target)] for pair in shown.pairs) == shown.text


def test_what_it_was_unsure_of_is_counted_and_marked(
    documents: DocumentTranslationService, translation: TranslationService, runs: RunService
) -> None:
    """As in the pane: a reader of a document must not trust what would be underlined there."""
    passages = ["A dog ran. It slept.", "https://example.org/a", "The same line", "The same line"]
    unsure = [
        any(
            pair.unsure or pair.doubts
            for pair in list(translation.translate(NOBODY, TranslationRequest(text, "en", "fr")))[-1].pairs
        )
        for text in passages
    ]
    assert set(unsure) == {True, False}
    data = "\n\n".join(passages).encode()
    first, *_, last = documents.translate_document(ANN, "a.txt", data, source="en", target="fr")
    assert (first.unsure, last.unsure, last.total) == (0, sum(unsure), len(passages))
    _, shown = translation.reopened(runs.page(ANN)[0])
    assert [pair.unsure or bool(pair.doubts) for pair in shown.pairs] == unsure


def test_what_is_in_the_target_language_already_can_go_into_another(
    documents: DocumentTranslationService,
) -> None:
    """Who drops an English file on a page that translates into English wants it in the other language."""
    text = b"This is a letter to my friend in English.\n"
    *_, last = documents.translate_document(ANN, "a.txt", text, target="en", otherwise="fr")
    assert (last.name, last.language, last.state) == ("a.fr.txt", "en", "done")
    with pytest.raises(InputError, match="document_same_language"):
        next(documents.translate_document(ANN, "a.txt", text, target="en", otherwise="en"))


@pytest.mark.parametrize("by", ["stop", "close"])
def test_what_is_done_stays_when_it_is_cancelled(
    documents: DocumentTranslationService, runs: RunService, by: str
) -> None:
    """The file can be fetched with its beginning translated and the rest as it was."""
    steps = documents.translate_document(ANN, "a.txt", LONG, source="en", target="fr", key="k")
    for step in steps:
        if step.done:
            break
    if by == "stop":
        assert documents.stop("k")
        *_, last = steps
        assert last.state == "stopped"
    else:
        steps.close()  # type: ignore[attr-defined]
    made = documents.result(ANN, step.id)
    assert not made.complete
    before, after = LONG.splitlines(), made.data.splitlines()
    assert len(after) == len(before)
    assert after[0] != before[0]
    assert after[-1] == before[-1]
    assert runs.page(ANN)[0].status == "stopped"
    assert not documents.stop("k")


def test_a_word_document(documents: DocumentTranslationService) -> None:
    """Through the same door, with its formatting placed by the translator's own alignment."""
    document = docx.Document()
    paragraph = document.add_paragraph("A dog ")
    paragraph.add_run("ran home").bold = True
    paragraph.add_run(". It slept.")
    out = io.BytesIO()
    document.save(out)
    *_, last = documents.translate_document(ANN, "A.DOCX", out.getvalue(), source="en", target="fr")
    made = documents.result(ANN, last.id)
    assert made.name == "A.fr.docx"
    assert any(run.bold for run in docx.Document(io.BytesIO(made.data)).paragraphs[0].runs)


def test_nobody_gets_anothers_file(documents: DocumentTranslationService) -> None:
    """Not by its id either; and what a visitor discards is gone."""
    *_, last = documents.translate_document(ANN, "a.txt", b"One.", source="en", target="fr")
    documents.discard(BOB, last.id)
    assert documents.result(ANN, last.id).complete
    for visit, file_id in ((BOB, last.id), (NOBODY, last.id), (ANN, "x")):
        with pytest.raises(InputError, match="document_gone"):
            documents.result(visit, file_id)
    documents.discard(ANN, last.id)
    with pytest.raises(InputError, match="document_gone"):
        documents.result(ANN, last.id)


def test_a_temporary_visit_leaves_nothing(
    documents: DocumentTranslationService, runs: RunService, tmp_path: Path
) -> None:
    """Its page gets the file, and no other page; no byte of it is written anywhere."""
    *_, last = documents.translate_document(NOBODY, "a.txt", b"SECRETWORD.", source="en", target="fr")
    assert documents.result(NOBODY, last.id).complete
    assert last.run_id is None
    other = Visit(None, "en", temporary=True, operator=False, page="another")
    with pytest.raises(InputError, match="document_gone"):
        documents.result(other, last.id)
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"SECRETWORD" not in file.read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "source", "key"),
    [
        ("a.txt", b"1 2 3", "auto", "document_nothing"),
        ("a.txt", "C'est déjà un texte en français.".encode(), "auto", "document_same_language"),
        ("a.txt", b"One.", "fr", "document_same_language"),
        ("a.txt", b"One.", "de", "language_not_offered"),
        ("a.txt", b"word " * (MOST_CHARACTERS // 5 + 1), "en", "document_too_long"),
        ("a.exe", b"MZ", "en", "document_kind_unknown"),
    ],
)
def test_refusals_come_first(
    documents: DocumentTranslationService, runs: RunService, name: str, data: bytes, source: str, key: str
) -> None:
    """Before any progress, and nothing is in the history."""
    with pytest.raises(DemoError) as caught:
        next(documents.translate_document(ANN, name, data, source=source, target="fr"))
    assert caught.value.key == key
    assert runs.page(ANN) == []


@pytest.mark.parametrize(
    ("name", "renamed"),
    [
        ("report.docx", "report.zh.docx"),
        ("../../etc/pass wd.TXT", "pass wd.zh.txt"),
        ("C:\\x\\a.md", "a.zh.md"),
        ('a"b<c>:|?*\n\u202e.csv', "a b c.zh.csv"),
        ("...txt", "document.zh.txt"),
        ("报告 🦙.srt", "报告 🦙.zh.srt"),
        ("a" * 500 + ".txt", "a" * 120 + ".zh.txt"),
    ],
)
def test_names(name: str, renamed: str) -> None:
    """The file's own name with the language in it, and nothing that leads out of a folder or misleads."""
    assert translated_name(name, "zh") == renamed


def test_who_comes_when_many_are_translated_waits(documents: DocumentTranslationService) -> None:
    """For its turn, with a word; when too many wait, one more is told so and nothing is lost."""
    running = [
        documents.translate_document(ANN, "a.txt", b"One.", source="en", target="fr") for _ in range(AT_ONCE)
    ]
    for each in running:
        next(each)
    late = documents.translate_document(BOB, "b.txt", b"One.", source="en", target="fr")
    assert next(late).state == "waiting"
    others = [
        documents.translate_document(ANN, "a.txt", b"One.", source="en", target="fr") for _ in range(WAITING)
    ]
    for each in others[1:]:
        assert next(each).state == "waiting"
    with pytest.raises(InputError, match="documents_busy"):
        next(others[0])
    running[0].close()
    assert next(late).state == "running"
    assert whole(late)[-1].state == "done"
    for each in (*running, *others):
        each.close()


class OwnParser(Parser):
    """A parser that counts the files which it reads, and fails to write where it is told to."""

    def __init__(self, *, writes: bool = True) -> None:
        super().__init__()
        self.opened = 0
        self._writes = writes

    def open(self, name: str, data: bytes) -> OpenedDocument:
        """Count a file."""
        self.opened += 1
        return super().open(name, data)

    def rewritten(
        self, name: str, data: bytes, translations: Sequence[SegmentTranslation | None], note: str = ""
    ) -> bytes:
        """Write a file, or reach a limit."""
        if not self._writes:
            raise DocumentError("file_slow", seconds=1)
        return super().rewritten(name, data, translations, note)


def test_each_document_has_a_parser_of_its_own(translation: TranslationService, runs: RunService) -> None:
    """A file that is slow to read or to write delays no other visitor's."""
    parsers = [OwnParser() for _ in range(AT_ONCE)]
    documents = DocumentTranslationService(translation, runs, parsers=parsers)
    both = [documents.translate_document(ANN, "a.txt", b"One.", source="en", target="fr") for _ in range(2)]
    for each in both:
        next(each)
    assert sorted(parser.opened for parser in parsers) == [0, 0, 1, 1]
    for each in both:
        assert whole(each)[-1].state == "done"
    whole(documents.translate_document(ANN, "a.txt", b"One.", source="en", target="fr"))
    assert sorted(parser.opened for parser in parsers) == [0, 0, 1, 2]
    documents.close()


@pytest.mark.parametrize("by", ["end", "close"])
def test_a_file_that_cannot_be_written_is_never_done(
    translation: TranslationService, runs: RunService, by: str
) -> None:
    """Nobody is told that it is ready, and nothing of it is kept."""
    parsers = [OwnParser(writes=False) for _ in range(AT_ONCE)]
    documents = DocumentTranslationService(translation, runs, parsers=parsers)
    steps = documents.translate_document(ANN, "a.txt", b"One.", source="en", target="fr")
    first = next(steps)
    if by == "close":
        steps.close()
    else:
        with pytest.raises(DocumentError, match="file_slow"):
            whole(steps)
        assert runs.page(ANN)[0].status == "failed"
    with pytest.raises(InputError, match="document_gone"):
        documents.result(ANN, first.id)
    documents.close()


def finished(name: str, size: int) -> Callable[[], TranslatedFile]:
    """What makes a file of so many bytes."""
    return lambda: TranslatedFile(name, b"x" * size, "text/plain", "fr", complete=True)


def test_files_go_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of whoever has most; what is finished is no longer made anew."""
    monkeypatch.setattr("llama_demo.services.translation.translated_files.MOST_BYTES", 100)
    files = TranslatedFileStore()
    theirs = files.hold(BOB, finished("b", 30))
    mine = [files.hold(ANN, finished(str(number), 40)) for number in range(2)]
    for file_id in (theirs, *mine):
        files.finish(file_id)
    with pytest.raises(InputError, match="document_gone"):
        files.get(ANN, mine[0])
    assert files.get(BOB, theirs) is files.get(BOB, theirs)
    assert files.get(ANN, mine[1]).name == "1"


def test_files_go_with_time_and_number() -> None:
    """An hour after, and the oldest of one visitor first, whatever others do."""
    now = [0.0]
    files = TranslatedFileStore(clock=lambda: now[0])
    theirs = files.hold(BOB, lambda: None)  # type: ignore[arg-type,return-value]
    mine = [files.hold(ANN, lambda: None) for _ in range(MOST_OF_ONE + 1)]  # type: ignore[arg-type,return-value]
    with pytest.raises(InputError):
        files.get(ANN, mine[0])
    files.get(ANN, mine[1])
    files.get(BOB, theirs)
    now[0] = LIFETIME + 1
    with pytest.raises(InputError):
        files.get(BOB, theirs)
