"""The type of a stretch of a text."""

from __future__ import annotations

Span = tuple[int, int]
"""Start and end of a stretch of a text, in code points; the end is exclusive."""
