"""The settings of the process: freed memory goes back to the operating system."""

from __future__ import annotations

import sys
import time

import psutil
import pytest

from llama_demo.process import MemoryReturn

PIECE, PIECES = 64 * 1024, 2_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the heap of glibc")
def test_freed_memory_between_used_pieces_is_returned() -> None:
    """What is freed between pieces in use leaves the process, as what visitors' requests needed has to."""
    pieces = [bytearray(PIECE) for _ in range(PIECES)]
    process = psutil.Process()
    held = process.memory_info().rss
    del pieces[::2]
    assert held - process.memory_info().rss < PIECE * PIECES // 8, "the heap keeps it"
    memory = MemoryReturn(seconds=0.01)
    memory.start()
    deadline = time.monotonic() + 30
    while held - process.memory_info().rss < PIECE * PIECES // 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    memory.close()
    assert held - process.memory_info().rss >= PIECE * PIECES // 4
    assert len(pieces) == PIECES // 2
