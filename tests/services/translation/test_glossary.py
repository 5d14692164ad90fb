"""A person's terms: limits, whose they are, and a temporary visit that leaves nothing behind."""

from __future__ import annotations

import pytest

from llama_demo.errors import InputError
from llama_demo.services.translation.glossary import Glossary
from llama_demo.services.translation.request import LONGEST_TERM, MOST_TERMS
from llama_demo.services.visits import Visit
from llama_demo.store.database import Database
from llama_demo.store.glossary import GlossaryStore
from llama_demo.tasks.glossary import Term

ANN = Visit("ann", "en", temporary=False, operator=False, page="a")
BOB = Visit("bob", "en", temporary=False, operator=False, page="b")
TEMPORARY = Visit("ann", "en", temporary=True, operator=False, page="c")
NOBODY = Visit(None, "en", temporary=True, operator=False, page="d")


@pytest.fixture
def glossary(database: Database) -> Glossary:
    """The service."""
    return Glossary(GlossaryStore(database))


def shown(glossary: Glossary, visit: Visit) -> list[tuple[str, str, bool]]:
    """The terms for English to Chinese."""
    return [(pair.term, pair.translation, pair.kept) for pair in glossary.terms(visit, "en", "zh")]


def test_terms_are_kept_for_their_owner(glossary: Glossary) -> None:
    """They come in order, without blanks around them, and a translation is asked to keep to them."""
    glossary.add(ANN, "en", "zh", " model ", "模型")
    pairs = glossary.add(ANN, "en", "zh", "llama", "羊驼")
    assert [pair.term for pair in pairs] == ["llama", "model"]
    assert glossary.for_translation(ANN, "en", "zh") == (Term("llama", "羊驼"), Term("model", "模型"))
    assert shown(glossary, BOB) == []
    assert [pair.term for pair in glossary.remove(ANN, "en", "zh", "LLAMA")] == ["model"]


@pytest.mark.parametrize("visit", [TEMPORARY, NOBODY])
def test_a_temporary_visit_writes_nothing(glossary: Glossary, database: Database, visit: Visit) -> None:
    """Its terms work on its page, are on no other, and no byte of them reaches a file."""
    glossary.add(visit, "en", "zh", "SECRETTERM", "秘密")
    assert shown(glossary, visit) == [("SECRETTERM", "秘密", False)]
    other = Visit(visit.owner, "en", temporary=True, operator=False, page="another")
    assert shown(glossary, other) == []
    assert shown(glossary, ANN) == []
    for file in database.path.parent.glob("llama_demo.db*"):
        assert b"SECRETTERM" not in file.read_bytes()
    assert glossary.remove(visit, "en", "zh", "secretterm") == ()


def test_a_page_that_begins_to_keep(glossary: Glossary) -> None:
    """A term that is stored takes the place of the one that the page held, and stays when the page goes."""
    glossary.add(TEMPORARY, "en", "zh", "llama", "大羊驼")
    kept = Visit("ann", "en", temporary=False, operator=False, page=TEMPORARY.page)
    glossary.add(kept, "en", "zh", "llama", "羊驼")
    assert shown(glossary, kept) == shown(glossary, ANN) == [("llama", "羊驼", True)]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (("en", "en", "a", "b"), "glossary_language"),
        (("en", "xx'", "a", "b"), "glossary_language"),
        (("en", "zh", " \n", "b"), "glossary_empty"),
        (("en", "zh", "a", ""), "glossary_empty"),
        (("en", "zh", "a" * (LONGEST_TERM + 1), "b"), "glossary_long"),
    ],
)
def test_what_is_no_term_is_refused(glossary: Glossary, values: tuple[str, str, str, str], key: str) -> None:
    """With a sentence, and the glossary stays as it was."""
    with pytest.raises(InputError) as caught:
        glossary.add(ANN, *values)
    assert caught.value.key == key
    assert shown(glossary, ANN) == []


def test_a_temporary_glossary_is_limited_too(glossary: Glossary) -> None:
    """Memory is everybody's."""
    for number in range(MOST_TERMS):
        glossary.add(NOBODY, "en", "zh", f"term {number}", "词")
    with pytest.raises(InputError) as caught:
        glossary.add(NOBODY, "en", "zh", "one more", "词")
    assert caught.value.key == "glossary_full"
    glossary.add(NOBODY, "en", "zh", "Term 0", "字")
