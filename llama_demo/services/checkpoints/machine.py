"""This machine: its memory, its graphics card, and how fast it computes.

What was measured is kept in the data folder with the processor's name, so that it is measured once.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from llama_demo.engine.devices import choose_device, choose_dtype, device_memory, device_name
from llama_demo.engine.throughput import PrecisionThroughput, Throughput, measure
from llama_demo.model_file import write_json

_log = logging.getLogger(__name__)

MEASURED_FILE = "machine.json"
_VERSION = 2  # of what is measured

# The limits of a container: of version 2 of control groups, and of version 1.
_LIMITS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)
GROUPS = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")


@dataclass(frozen=True)
class SystemMemory:
    """Bytes of memory, under the limit of the container that this runs in.

    Attributes:
        free: what can be used without moving anything to the disk.
    """

    total: int
    free: int


@dataclass(frozen=True)
class Machine:
    """What this machine has and how fast it is.

    Attributes:
        memory, memory_free: of the processor, in bytes.
        device: ``cpu``, ``cuda`` or ``mps``.
        device_memory, device_memory_free: of the graphics card, in bytes; 0 without one.
        disk_free: bytes in the folder of the models.
        throughput: as measured; ``None`` until it is.
    """

    processor: str
    cores: int
    memory: int
    memory_free: int
    device: str
    device_name: str
    device_memory: int
    device_memory_free: int
    disk_free: int
    throughput: Throughput | None

    @property
    def free(self) -> int:
        """Free bytes where models are loaded."""
        return self.device_memory_free if self.device != "cpu" else self.memory_free

    @property
    def size(self) -> int:
        """All bytes where models are loaded."""
        return self.device_memory if self.device != "cpu" else self.memory


class MachineService:
    """Tells what the machine has, and measures it once.

    Args:
        data_folder: where the measurement is kept.
        models_folder: whose disk counts.
        device, dtype: as in :mod:`llama_demo.engine.devices`.
        measuring: measures a device.
    """

    def __init__(
        self,
        data_folder: Path,
        models_folder: Path,
        *,
        device: str = "auto",
        dtype: str = "auto",
        measuring: Callable[[Any], Throughput] = measure,
    ) -> None:
        self._file = data_folder / MEASURED_FILE
        self._models_folder = models_folder
        self._device = choose_device(device)
        self._dtype = dtype
        self._measuring = measuring
        self._lock = threading.Lock()
        self._throughput: Throughput | None = None

    def look(self) -> Machine:
        """The machine at this moment; nothing is measured."""
        memory, (free, total) = read_memory(), device_memory(self._device)
        return Machine(
            processor=processor_name(),
            cores=os.cpu_count() or 1,
            memory=memory.total,
            memory_free=memory.free,
            device=self._device.type,
            device_name=device_name(self._device),
            device_memory=total,
            device_memory_free=free,
            disk_free=disk_free(self._models_folder),
            throughput=self._known(),
        )

    def throughput(self) -> Throughput:
        """What was measured, now if it was not before."""
        with self._lock:
            return self._known() or self._measured()

    def measure_in_background(self, measured: Callable[[], None]) -> None:
        """Measure, unless it was done or goes on, and call ``measured`` then."""
        if self._lock.locked():
            return

        def work() -> None:
            self.throughput()
            measured()

        threading.Thread(target=work, name="measurement", daemon=True).start()

    def fastest(self, _: object = None) -> str:
        """The precision in which large models answer soonest here; measured if it was not before."""
        return self.throughput().fastest

    def precision(self, parameters: int) -> str:
        """The precision in which a model is loaded: with ``auto`` float32 until a processor is measured."""
        known = self._known()
        fastest = known.fastest if known else "float32"
        dtype = choose_dtype(self._dtype, self._device, parameters, lambda _: fastest)
        return str(dtype).removeprefix("torch.")

    def _known(self) -> Throughput | None:
        if self._throughput is None and (stored := self._stored()) is not None:
            self._throughput = stored
        return self._throughput

    def _measured(self) -> Throughput:
        self._throughput = found = self._measuring(self._device)
        content = {"machine": self._identity(), "version": _VERSION, **asdict(found)}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_json(self._file, content)
        except OSError as exc:  # it is measured again at the next start
            _log.warning("the measurement cannot be stored: %s", exc.strerror)
        return found

    def _stored(self) -> Throughput | None:
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
            if (content["machine"], content.get("version")) != (self._identity(), _VERSION):
                return None
            precisions = tuple(PrecisionThroughput(**one) for one in content["precisions"])
            return Throughput(precisions, float(content["layer_seconds"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _identity(self) -> str:
        return (
            f"{processor_name()} x {os.cpu_count()}, {self._device.type} {device_name(self._device)}".strip()
        )


def read_memory(groups: Path = GROUPS, own: Path = OWN_GROUP) -> SystemMemory:
    """The memory of the machine, or of the container if that is less."""
    whole = psutil.virtual_memory()
    total, free = whole.total, whole.available
    for limit, used in _container_limits(groups, own):
        if limit < total:
            total = limit
        free = min(free, max(0, limit - used))
    return SystemMemory(total, free)


def _container_limits(groups: Path, own: Path) -> list[tuple[int, int]]:
    """Limit and usage of each control group that this process is in; groups without a limit are left out."""
    found = []
    for folder in _group_folders(groups, own):
        for limit_file, used_file in _LIMITS:
            limit, used = _number(folder / limit_file), _number(folder / used_file)
            if limit is not None and used is not None and limit < 2**60:
                cached = _inactive(folder / Path(limit_file).parent / "memory.stat")
                found.append((limit, max(0, used - cached)))
    return found


def _group_folders(groups: Path, own: Path) -> list[Path]:
    """The folder of this process's group and those of the groups around it."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return [groups]
    path = next((line.removeprefix("0::").strip("/") for line in lines if line.startswith("0::")), "")
    folder = groups / path
    return [folder, *[parent for parent in folder.parents if groups in (parent, *parent.parents)]]


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # no such group, or "max"
        return None


def _inactive(path: Path) -> int:
    """Bytes of files in memory that are freed when they are needed."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))


def processor_name() -> str:
    """What the processor is called."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("model name", "Model")):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def disk_free(folder: Path) -> int:
    """Free bytes of the disk that a folder is on, or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
