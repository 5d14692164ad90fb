"""Questions to try."""

from __future__ import annotations

from collections import Counter

from llama_demo.ui.search.samples import EACH, questions, topics


def test_each_language_gets_questions_answered_in_it_and_in_another() -> None:
    """The second kind shows what words cannot find."""
    counted = Counter((one.language, one.answered == one.language) for one in questions())
    assert counted == {(language, here): EACH for language in ("en", "zh") for here in (True, False)}
    assert len({one.text for one in questions()}) == 4 * EACH


def test_topics_have_a_name_in_each_language() -> None:
    """The legend of the map uses them."""
    assert all(set(names) == {"en", "zh"} for names in topics().values())
