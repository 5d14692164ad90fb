"""What a translation must have unchanged."""

from __future__ import annotations

import pytest

from llama_demo.text.verbatim import find_verbatim, lost, translatable


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("See https://example.com/a?b=1&c=2.", ["https://example.com/a?b=1&c=2"]),
        ("详见https://example.com/页面。谢谢", ["https://example.com/页面"]),
        ("(www.example.org/x)", ["www.example.org/x"]),
        ("Write to bob.smith@mail.example.com, please", ["bob.smith@mail.example.com"]),
        ("发邮件到bob@example.com吧", ["bob@example.com"]),
        ("Run `pip install x` now", ["`pip install x`"]),
        ("Open src/main.py and notes.md", ["src/main.py", "notes.md"]),
        ("In 1995 it cost 1,234.50 euros", ["1995", "1,234.50"]),
        ("Hello {name}, you have %d items", ["{name}", "%d"]),
        ("Great 👍🏽!", ["👍🏽"]),
        ("A1 and B2 are words", []),
    ],
)
def test_parts(text: str, parts: list[str]) -> None:
    """Whole, without the punctuation behind them."""
    found = find_verbatim(text)
    assert [part.text for part in found] == parts
    assert all(text[part.start : part.end] == part.text for part in found)


@pytest.mark.parametrize(
    ("source", "translation", "missing"),
    [
        ("Call 5551234567.", "拨打 5551234567。", []),
        ("Call 5551234567.", "拨打 555123456。", ["5551234567"]),
        ("It costs 1,234 dollars.", "Es kostet 1.234 Dollar.", []),
        ("3000000 people", "三百万人", []),
        ("3000000 people", "300万人", []),
        ("I have 5 dogs.", "J'ai cinq chiens.", []),
        ("See a@b.org twice: a@b.org", "Voir a@b.org", ["a@b.org"]),
        ("Nice 😀", "不错", ["😀"]),
    ],
)
def test_what_got_lost(source: str, translation: str, missing: list[str]) -> None:
    """Numbers may be written as the language does; addresses may not."""
    assert [part.text for part in lost(source, translation)] == missing


def test_what_has_no_words() -> None:
    """Digits, emoji, addresses and code alone are not for a translator."""
    for text in ("", "123", "😀😀", "https://a.org/b", "`x = y`", "--- 12:30 ---"):
        assert not translatable(text)
    assert translatable("No. 5")


@pytest.mark.parametrize("part", ["-a_", "a-", "a/", "a.", "a@b.", "${", "<a"])
def test_hostile_texts_end(part: str) -> None:
    """A hundred thousand characters that almost are an address or a path do not hold up everybody else."""
    assert find_verbatim(part * (100_000 // len(part)) + "\n`end`")[-1].text == "`end`"


def test_a_path_behind_chinese() -> None:
    """Chinese has no blank before it."""
    assert [part.text for part in find_verbatim("请看src/main/app.py文件")] == ["src/main/app.py"]
