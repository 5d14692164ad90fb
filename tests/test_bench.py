"""Measuring beside peers: who is absent is named, and ratios are those of the same rounds."""

from __future__ import annotations

import json
import sys
from itertools import cycle
from pathlib import Path

import pytest

from bench.contest import Contestant, compete, report
from bench.peers import INSTALL, PeerAbsentError, opened


def test_an_absent_peer_is_named_with_the_line_that_installs_it(tmp_path: Path) -> None:
    """A peer is never skipped in silence."""
    bare = Path(sys.base_prefix) / "bin" / "python3"
    with (
        pytest.raises(PeerAbsentError, match=INSTALL["llama.cpp"]) as caught,
        opened(str(bare if bare.exists() else sys.executable), "llama.cpp", file=str(tmp_path), threads=1),
    ):
        pass
    assert "llama.cpp" in str(caught.value)


def test_ratios_are_of_the_same_rounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine that slows down half-way changes rates, but no ratio."""
    ours, theirs = cycle([100.0, 20.0, 100.0]), cycle([50.0, 10.0, 50.0])
    contestants = [
        Contestant("engine", "int8", lambda: next(ours), bytes=10.0),
        Contestant("peer", "Q8_0", lambda: next(theirs)),
    ]
    plot = tmp_path / "plot.svg"
    report("decode", "tokens/s", compete(contestants, 3), absent=["faiss"], bandwidth=2000.0, plot=plot)
    lines = capsys.readouterr().out.splitlines()
    figures = json.loads(lines[-1])
    assert figures["ratios"] == {"engine int8 / peer Q8_0": 2.0}
    assert figures["medians"] == {"engine int8": 100.0, "peer Q8_0": 50.0}
    assert figures["absent"] == ["faiss"]
    assert any("50% of the memory's bandwidth" in line for line in lines)
    assert "engine int8" in plot.read_text()
