"""Vectors of the sample documents, made in advance by ``python -m bench.sample_vectors``.

With them the first start of the program embeds nothing. A vector belongs to the text of a chunk and to one
model, which its vector of the probe sentence identifies: after a change of either, the vector is not used.

The file is NumPy's ``.npz``: ``texts`` holds a digest for each text (n), and for each model ``<name>`` its
vectors (n, width) and ``<name>.probe`` its vector of the probe (width).
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llama_demo.settings import ASSETS

log = logging.getLogger(__name__)

SAMPLE_VECTORS = ASSETS / "search" / "sample_vectors.npz"

_PROBE = ".probe"


@dataclass(frozen=True)
class SampleVectors:
    """The vectors of a file; without one, none.

    Attributes:
        places: row of each text, by its digest.
        probes: of each model, by its name: its vector (width) of the probe.
        vectors: of each model: (texts, width) as float16, as the index stores them.
    """

    places: Mapping[int, int] = field(default_factory=dict)
    probes: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    vectors: Mapping[str, NDArray[np.float16]] = field(default_factory=dict)

    def probe(self, name: str) -> NDArray[np.float32] | None:
        """A model's vector of the probe; None if the file has nothing of it."""
        return self.probes.get(name)

    def find(self, name: str, texts: Sequence[str]) -> list[NDArray[np.float32] | None]:
        """A model's vector (width) of each text; None for a text that the file does not have."""
        rows, none = self.vectors[name], len(self.places)
        places = [self.places.get(digest(text), none) for text in texts]
        return [rows[place].astype(np.float32) if place < none else None for place in places]


def digest(text: str) -> int:
    """A number of 64 bits that stands for a text."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "little")


def read_sample_vectors(path: Path = SAMPLE_VECTORS) -> SampleVectors:
    """The vectors of a file; none if it is missing or broken, and the models then embed the samples."""
    try:
        with np.load(path, allow_pickle=False) as file:
            names = [name.removesuffix(_PROBE) for name in file.files if name.endswith(_PROBE)]
            return SampleVectors(
                {int(one): place for place, one in enumerate(file["texts"].tolist())},
                {name: file[name + _PROBE] for name in names},
                {name: file[name] for name in names},
            )
    except FileNotFoundError:
        return SampleVectors()
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as exc:
        log.warning("the vectors of the samples cannot be read: %s", exc)
        return SampleVectors()


def write_sample_vectors(
    path: Path,
    texts: Sequence[str],
    models: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]],
) -> None:
    """Write the vectors of texts.

    Args:
        models: by name the vector (width) of the probe, and those (texts, width) of the texts.
    """
    arrays: dict[str, NDArray[np.generic]] = {
        "texts": np.array([digest(text) for text in texts], dtype="<u8")
    }
    for name, (probe, vectors) in models.items():
        arrays |= {name + _PROBE: probe.astype("<f4"), name: vectors.astype("<f2")}
    np.savez(path, **arrays)  # type: ignore[arg-type]
