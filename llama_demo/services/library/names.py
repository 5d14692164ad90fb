"""What collections may be called."""

from __future__ import annotations

from llama_demo.errors import InputError
from llama_demo.services.names import LONGEST_NAME, one_line

SAMPLE, DEFAULT = "sample", "default"
"""The collection that came with the program, and the one that files go into if none is named."""


def collection_name(name: str) -> str:
    """A name as it is stored.

    Raises:
        InputError: ``collection_name``, ``collection_shared``.
    """
    clean = one_line(name)
    if not clean or len(clean) > LONGEST_NAME:
        raise InputError("collection_name", limit=LONGEST_NAME)
    if clean == SAMPLE:
        raise InputError("collection_shared", name=clean)
    return clean
