"""Peers in processes of their own, which work when they are told to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

_SHOWN = 2_000  # characters of what a peer said that are shown when it fails
SIDE = Path(__file__).with_name("peer_side.py")
INSTALL = {
    "transformers": "pip install transformers torch",
    "llama.cpp": "pip install llama-cpp-python",
    "ctranslate2": "pip install ctranslate2 transformers torch",
    "sentence-transformers": "pip install sentence-transformers",
    "faiss": "pip install faiss-cpu",
}
"""The line that brings each peer."""


class PeerAbsentError(Exception):
    """A peer is not installed in the interpreter that was named."""


class Peer:
    """A program that was opened with a model."""

    def __init__(self, process: subprocess.Popen[str], said: IO[str]) -> None:
        self._process, self._said = process, said

    def seconds(self, do: str, **arguments: Any) -> float:
        """Let it do something once; how long that took, as it measured it itself."""
        return float(self.ask({"do": do, **arguments})["seconds"])

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a line and wait for the answer.

        Raises:
            RuntimeError: it ended, with what it said at last.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(message), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            self._said.seek(0)
            raise RuntimeError(f"a peer failed: {self._said.read()[-_SHOWN:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def opened(python: str, name: str, **model: Any) -> Iterator[Peer]:
    """A peer for the length of a block.

    Args:
        python: an interpreter that has the peer.
        model: what it opens, as the functions in ``bench/peer_side.py`` take it.

    Raises:
        PeerAbsentError: it is not installed there.
    """
    command = [python, str(SIDE)]
    pipe = subprocess.PIPE
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said, text=True)
        try:
            peer = Peer(process, said)
            answer = peer.ask({"peer": name, **model})
            if "absent" in answer:
                raise PeerAbsentError(f"{name} ({answer['absent']}): {INSTALL[name]}")
            yield peer
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()
