"""Opening vocabularies of the ``tokenizers`` library, which may have been written by anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import tokenizers

from llama_demo.errors import CheckpointError
from llama_demo.model_file import check_regular

_TRIAL = "a 1\né漢"
"""Encoded and decoded once, since some faults of a file show in use only."""


def open_fast(path: Path) -> tokenizers.Tokenizer:
    """The vocabulary of a file, without padding and truncation.

    Raises:
        CheckpointError: it is missing, no such file, or the library cannot use it.
    """
    check_regular(path)
    return prepare(lambda: tokenizers.Tokenizer.from_file(str(path)), path.name)


def prepare(make: Callable[[], tokenizers.Tokenizer], file: str) -> tokenizers.Tokenizer:
    """What ``make`` returns, tried out.

    Raises:
        CheckpointError: the library cannot make or use it; the message names ``file``.
    """
    try:
        fast = make()
        # Padding and truncation are for training; here they would change the text.
        fast.no_padding()
        fast.no_truncation()
        fast.decode(fast.encode(_TRIAL).ids)
        fast.encode(_TRIAL, _TRIAL)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as exc:  # the library raises plain Exception, and its Rust code panics
        raise CheckpointError("file_broken", file=file, detail=str(exc)[:300]) from exc
    return fast


def size_of(fast: tokenizers.Tokenizer) -> int:
    """One more than the largest id, whatever ids the file skips."""
    return 1 + max(fast.get_vocab(with_added_tokens=True).values(), default=-1)
