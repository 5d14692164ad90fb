"""What turns the library's texts into vectors: a model of this machine, or one of another server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import BackendError
from llama_demo.hub.inference import SILENT_SECONDS, InferenceRequest, RemoteModel
from llama_demo.normal_form import normal_text
from llama_demo.tasks.embed import SentenceEncoder, embed, has_words, knows
from llama_demo.unicode import replace_lone_surrogates

AT_ONCE = 32
"""Texts of one request to another server; some take no more."""

LONGEST = 512
"""Tokens of a text that every server for embeddings reads."""

_BYTES_OF_TOKEN = 3


class TextEncoder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def name(self) -> str:
        """As the index calls it."""

    @property
    def width(self) -> int:
        """Numbers of a vector."""

    @property
    def device(self) -> Any:
        """Where vectors are compared."""

    @property
    def longest(self) -> int:
        """Tokens of a text that are read."""

    def vectors(self, texts: Sequence[str], role: str = "", *, urgent: bool = True) -> NDArray[np.float32]:
        """The vectors (texts, width), zeros for a text without words.

        Args:
            role: what the texts are, such as ``query`` or ``passage``.
            urgent: whether a request waits for them, to which long work gives way.
        """

    def knows(self, text: str) -> bool:
        """Whether a text has a word with a meaning for the model."""

    def size(self, text: str) -> int:
        """Tokens of a text, at least roughly."""


class LocalEncoder:
    """A model of this machine."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self.name, self.longest = encoder.name, encoder.longest
        self.width, self.device = encoder.engine.width, encoder.engine.device

    def vectors(self, texts: Sequence[str], role: str = "", *, urgent: bool = True) -> NDArray[np.float32]:
        return embed(self._encoder, texts, role=role, urgent=urgent).vectors

    def knows(self, text: str) -> bool:
        return knows(self._encoder, text)

    def size(self, text: str) -> int:
        return len(self._encoder.tokenizer.pieces([text])[0])


class RemoteEncoder:
    """A model of another server.

    Args:
        name: as the index and the page call it.
        public: refuse private addresses.
        seconds: without a byte after which the server is taken not to answer.
    """

    device = "cpu"
    longest = LONGEST

    def __init__(
        self, remote: RemoteModel, *, name: str, public: bool = False, seconds: float = SILENT_SECONDS
    ) -> None:
        self._remote = remote
        self._public, self._seconds = public, seconds
        self._width = 0
        self.name = name

    @property
    def width(self) -> int:
        return self._width or self.vectors(["x"]).shape[1]

    @property
    def entry(self) -> ModelEntry:
        """As it stands in lists."""
        return ModelEntry.of_another_server(self.name, "search", context=LONGEST)

    def vectors(self, texts: Sequence[str], role: str = "", *, urgent: bool = True) -> NDArray[np.float32]:
        """The unit vectors (texts, width), zeros for a text without words.

        Args:
            role: without effect; a server does not tell the prompts of its model.
            urgent: without effect; its computations are not this machine's.

        Raises:
            BackendError: the server does not answer, or with something else.
        """
        del role, urgent
        sent = [normal_text(replace_lone_surrogates(text)) for text in texts]
        wordly = [place for place, text in enumerate(sent) if has_words(text)]
        batches = [wordly[begin : begin + AT_ONCE] for begin in range(0, len(wordly), AT_ONCE)]
        found = [self._asked([sent[place] for place in batch]) for batch in batches]
        vectors = np.zeros((len(sent), self._width or (self.width if sent else 0)), dtype=np.float32)
        for batch, rows in zip(batches, found, strict=True):
            vectors[batch] = rows
        return vectors

    def knows(self, text: str) -> bool:
        return has_words(text)

    def size(self, text: str) -> int:
        return max(1, -(-len(text.encode("utf-8", "replace")) // _BYTES_OF_TOKEN))

    def _asked(self, texts: Sequence[str]) -> NDArray[np.float32]:
        request = InferenceRequest(self._remote, public=self._public, seconds=self._seconds)
        rows = request.embed(texts)
        try:
            vectors = np.array(rows, dtype=np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        except (ValueError, TypeError) as exc:
            raise BackendError("backend_answer_broken", model=self._remote.name) from exc
        width = self._width or vectors.shape[1]
        if vectors.shape != (len(texts), width) or not np.isfinite(lengths).all() or not width:
            raise BackendError("backend_answer_broken", model=self._remote.name)
        self._width = width
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-12)
        return unit
