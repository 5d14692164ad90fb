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


def is_inline(tag: str) -> bool:
    """Whether an element goes on with its line, as those do that HTML does not know: ``<st1:city>``."""
    return tag in _INLINE or ":" in tag or "-" in tag
