"""A thread that has computed leaves no workers behind, which would slow the others down."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest
import torch

from llama_demo.engine.worker_threads import releasing_workers

SECONDS = 10.0  # until the system has taken an ended thread off its list


def thread_count() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems list no threads of a process here")
def test_workers_end_with_the_block_that_computed() -> None:
    """Those of the thread itself; what it computes next is right, with new ones."""
    seen: list[int] = []
    matrix = torch.rand(700, 700)
    before = torch.get_num_threads()

    def compute() -> None:
        torch.set_num_threads(2)
        seen.append(thread_count())
        with releasing_workers():
            torch.exp(matrix)
            seen.append(thread_count())
        end = time.monotonic() + SECONDS
        while thread_count() >= seen[1] and time.monotonic() < end:
            time.sleep(0.01)
        seen.append(thread_count())
        assert torch.equal(torch.exp(matrix), matrix.exp())

    try:
        thread = threading.Thread(target=compute)
        thread.start()
        thread.join()
    finally:
        torch.set_num_threads(before)
    own, computing, released = seen
    assert computing > own
    assert released < computing
