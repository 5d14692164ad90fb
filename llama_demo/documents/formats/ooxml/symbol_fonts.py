"""Characters of Symbol and Wingdings, which fonts keep in places for private use (U+F020 to U+F0FF)."""

from __future__ import annotations

from llama_demo.documents.document import UNREADABLE

_SYMBOL = {
    0x20: " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA0: "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪",
    0xF1: "〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
}
_WINGDINGS = {
    0x20: " ", 0x28: "☎✆✉", 0x45: "☜☞☝☟", 0x4A: "☺😐☹", 0x6C: "●", 0x6E: "■□", 0x71: "❑❒", 0x75: "⧫❖⬥⌧",
    0x9E: "·•", 0xA7: "▪◻", 0xD8: "➢", 0xDF: "←→↑↓↖↗↙↘", 0xE8: "➔", 0xEF: "⇦⇨⇧⇩⬄⇳", 0xFB: "✗✓☒☑",
}  # fmt: skip
_FONTS = {
    font: {first + place: sign for first, signs in runs.items() for place, sign in enumerate(signs)}
    for font, runs in (("symbol", _SYMBOL), ("wingdings", _WINGDINGS))
}
_PRIVATE = range(0xF020, 0xF100)


def symbol(font: str, code: int) -> str:
    """The character that a font shows at a place; U+FFFD if it is not known, empty if there is none.

    Args:
        font: its name, such as ``Symbol``.
        code: as the document gives it: the place itself, or that of private use.
    """
    place = code - 0xF000 if code in _PRIVATE else code
    own = _FONTS.get(font.casefold())
    if own is not None and place <= 0xFF:
        return own.get(place, UNREADABLE)
    if 0x20 <= code < 0xD800:
        return chr(code)
    return UNREADABLE if 0xE000 <= code <= 0xF8FF else ""
