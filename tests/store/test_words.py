"""Text cut for the index: Chinese by pairs, everything else by words, and any question safely."""

from __future__ import annotations

import pytest

from llama_demo.store.words import LONGEST_QUERY, MOST_PHRASES, Phrase, folded, phrases, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("机器翻译 models", "机器 器翻 翻译 译 models"),
        ("翻", "翻"),
        ("漢語與翻譯", "汉语 语与 与翻 翻译 译"),
        ("Running-Dogs' ＲＵＮ", "running dogs run"),
        ("用GPT写诗", "用 gpt 写诗 诗"),
        ("Straße x_y 3.14", "strasse x_y 3 14"),
        ("カメラとねこ", "カメ メラ ラと とね ねこ こ"),
        ("हिन्दी العربية", "हिन्दी العربية"),
        ("👍🏽 ok 😀", "👍 ok 😀"),
        ("a\x00b\u202ec\ufffdd", "abc \ufffd d"),
        ("... — “”%_", "_"),
        ("x" * 100, "x" * 64),
        ("", ""),
    ],
)
def test_a_text_becomes_words(text: str, expected: str) -> None:
    """What readers call the same becomes the same; nothing in it is a sign of the query language."""
    assert " ".join(words(text)) == expected


def test_a_question_is_cut_as_the_texts_are() -> None:
    """Each stretch between spaces is a phrase that may go on; what is quoted is not added to."""
    assert phrases("翻译 run") == [Phrase(("翻译",), open=False), Phrase(("run",), open=True)]
    assert phrases("机器翻") == [Phrase(("机器", "器翻"), open=False)]
    assert phrases("翻") == [Phrase(("翻",), open=True)]
    assert phrases('"Once upon" a') == [Phrase(("once", "upon"), open=False), Phrase(("a",), open=True)]
    assert phrases("“春眠 不觉”") == [Phrase(("春眠", "眠", "不觉"), open=False)]
    assert phrases('"once up') == [Phrase(("once", "up"), open=True)]
    assert phrases("run RUN ｒｕｎ") == [Phrase(("run",), open=True)]


@pytest.mark.parametrize("query", ["", " ", '"', '""', "%", "* ( ) ^ :", "\x00", "。，"])
def test_a_question_without_words_asks_the_index_nothing(query: str) -> None:
    """Signs alone are no words; whoever lists the runs decides what they mean."""
    assert phrases(query) == []


def test_a_question_has_an_end() -> None:
    """A pasted book costs no more than its first page."""
    assert len(phrases("a b c d " * 50_000)) == 4
    many = phrases(" ".join(f"w{number}" for number in range(50_000)))
    assert len(many) == MOST_PHRASES
    assert sum(len(phrase.words) for phrase in phrases("翻译机器" * 25_000)) < LONGEST_QUERY


def test_folding_changes_no_order() -> None:
    """Upper and lower case, width and both ways to write Chinese fall together."""
    assert folded("ＡbＣ 漢語") == folded("aBc 汉语")


def test_what_cannot_be_seen_parts_no_word() -> None:
    """Soft hyphens and zero-width characters stand in words of web pages and books."""
    seen = list(words("Die Hochwasserschutzanlage, zerowidth café"))
    assert list(words("Die Hoch\xadwasser\xadschutz\xadanlage, zero\u200bwidth cafe\u0301")) == seen
    assert phrases("Hoch\xadwasser") == phrases("Hochwasser")
