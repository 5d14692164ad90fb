"""Paper and ink, in numbers."""

from __future__ import annotations

import re

import pytest

from llama_demo.settings import ASSETS
from llama_demo.ui.theme import DARK, LIGHT, paper_and_ink


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_everything_can_be_read(theme: dict[str, str]) -> None:
    """Text reaches 4.5:1 on paper and on cards, also on the filled button that is pressed."""
    for text in ("ink", "muted", "clay"):
        for ground in ("paper", "card"):
            assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)
    for ground in ("filled", "pressed"):
        assert contrast(theme["on_filled"], theme[ground]) >= 4.5, ground


def test_the_style_sheet_has_the_same_colours() -> None:
    """The theme and the style sheet are read by different parts of the page."""
    css = (ASSETS / "css" / "page.css").read_text(encoding="utf-8")
    light, dark = (re.search(pattern + r"\s*{(.*?)}", css, re.DOTALL) for pattern in (":root", r"\n\.dark"))
    assert light is not None
    assert dark is not None
    for theme, block in ((LIGHT, light[1]), (DARK, dark[1])):
        for name in ("paper", "card", "line", "ink", "muted", "clay"):
            assert f"--{name}: {theme[name]};" in block, name


def test_no_font_comes_from_the_web() -> None:
    """The one that is not on the machine is bundled with Gradio."""
    theme = paper_and_ink()
    assert not re.search(r"url\(.?https?:", theme._get_theme_css())
    assert [sheet for sheet in theme._stylesheets if sheet.startswith("http")] == []
