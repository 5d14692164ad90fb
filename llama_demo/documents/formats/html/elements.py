"""Elements of HTML by what they mean for the text around them."""

from __future__ import annotations

UNREAD = frozenset(
    "script style noscript template iframe object audio video canvas datalist nav head".split()
)
"""Elements that are not read."""

LEVELS = {f"h{level}": level for level in range(1, 7)}
"""The levels of headings."""

CELLS = frozenset(("td", "th"))

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark math "
    "output q rb rp rt rtc ruby s samp select slot small span strike strong sub sup svg time tt u var "
    "wbr".split()
)


_OTHERS = frozenset(
    "address area article aside base basefont blockquote body br caption center col colgroup dd details "
    "dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset header hgroup hr html "
    "legend li link main map menu meta noframes ol optgroup option p param picture pre progress meter search "
    "section source strike summary table tbody textarea tfoot thead title tr track ul".split()
)


def is_element(name: str) -> bool:
    """Whether a browser takes ``<name>`` for markup; a word in such brackets that is no element is text."""
    name = name.lower()
    return is_inline(name) or name in _OTHERS or name in UNREAD or name in LEVELS or name in CELLS


def is_inline(tag: str) -> bool:
    """Whether an element goes on with its line, as those do that HTML does not know: ``<st1:city>``."""
    return tag in _INLINE or ":" in tag or "-" in tag
