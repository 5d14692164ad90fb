"""What the machine has, and what was measured of it."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from llama_demo.engine.devices import choose_dtype
from llama_demo.engine.throughput import PrecisionThroughput, Throughput, measure
from llama_demo.services.checkpoints.machine import MEASURED_FILE, MachineService, read_memory

CPU = torch.device("cpu")


def throughput(bfloat16: float) -> Throughput:
    """Of a machine whose bfloat16 is so many times as fast as its float32, counted in weights."""
    return Throughput(
        (
            PrecisionThroughput("float32", 40e9, 20e9),
            PrecisionThroughput("bfloat16", 40e9 * bfloat16, 10e9 * bfloat16),
        ),
        1e-4,
    )


def test_auto_takes_no_precision_that_was_measured_to_be_slower() -> None:
    """Laptops without instructions for bfloat16 would write at a tenth of their speed."""
    assert choose_dtype("auto", CPU, 10**9, lambda _: throughput(0.4).fastest) == torch.float32
    assert choose_dtype("auto", CPU, 10**9, lambda _: throughput(1.6).fastest) == torch.bfloat16
    assert choose_dtype("auto", CPU, 10**7, lambda _: throughput(1.6).fastest) == torch.float32
    assert choose_dtype("bfloat16", CPU, 10**7, lambda _: throughput(0.4).fastest) == torch.bfloat16


def test_a_measurement_is_made_once_and_kept(tmp_path: Path) -> None:
    """The next start does not measure, unless the data folder has come to another machine."""
    counted = []

    def measuring(device: torch.device) -> Throughput:
        counted.append(device)
        return measure(device, seconds=0.1)

    first = MachineService(tmp_path, tmp_path, device="cpu", measuring=measuring)
    assert first.look().throughput is None
    assert first.throughput() == first.throughput()
    again = MachineService(tmp_path, tmp_path, device="cpu", measuring=measuring)
    assert again.look().throughput == first.throughput()
    assert len(counted) == 1
    assert all(one.bandwidth > 1e6 and one.multiply_adds > 1e6 for one in again.throughput().precisions)
    content = json.loads((tmp_path / MEASURED_FILE).read_text())
    (tmp_path / MEASURED_FILE).write_text(json.dumps(content | {"machine": "another"}))
    assert MachineService(tmp_path, tmp_path, device="cpu").look().throughput is None


def test_the_limit_of_a_container_counts(tmp_path: Path) -> None:
    """A container of 1 GB on a machine of 64 GB has 1 GB."""
    group = tmp_path / "groups" / "docker" / "abc"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (group.parent / "memory.max").write_text(f"{2**30}\n")
    (group.parent / "memory.current").write_text(f"{600 * 2**20}\n")
    (group.parent / "memory.stat").write_text(f"anon 1\ninactive_file {200 * 2**20}\n")
    own = tmp_path / "cgroup"
    own.write_text("0::/docker/abc\n")
    memory = read_memory(tmp_path / "groups", own)
    assert memory.total == 2**30
    assert memory.free == (1024 - 400) * 2**20


def test_the_limit_of_an_old_container_counts(tmp_path: Path) -> None:
    """Version 1 of control groups has other files, and a huge number where there is no limit."""
    group = tmp_path / "memory"
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text(str(2**31))
    (group / "memory.usage_in_bytes").write_text(str(2**30))
    assert read_memory(tmp_path, tmp_path / "missing").free == 2**30
    (group / "memory.limit_in_bytes").write_text(str(2**63 - 4096))
    assert read_memory(tmp_path, tmp_path / "missing").total > 2**31


def test_a_precision_that_was_asked_for_is_the_one_of_the_estimates(tmp_path: Path) -> None:
    """With ``--dtype float32`` a model takes twice what bfloat16 would."""
    fast = MachineService(tmp_path, tmp_path, device="cpu", measuring=lambda device: throughput(0.5))
    fast.throughput()
    asked = MachineService(tmp_path, tmp_path, device="cpu", dtype="float16")
    assert asked.precision(10**9) == "float16"
    assert fast.precision(10**9) != "float16"
