"""Sentence embedding: texts in, vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import regex
from numpy.typing import NDArray

from llama_demo.engine.checkpoint import Progress, count_parameters, no_progress
from llama_demo.engine.devices import choose_device, choose_dtype
from llama_demo.engine.embedding import EmbeddingEngine, load_sentence_network
from llama_demo.engine.pooling import SentenceSettings, read_sentence_settings
from llama_demo.normal_form import normal_text
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces
from llama_demo.text.tokenizers.pieces import PieceTokenizer
from llama_demo.unicode import replace_lone_surrogates

# Characters of words, and symbols that stand for one, such as emoji; no blanks, stops or brackets.
_WORDLY = regex.compile(r"[\p{L}\p{N}\p{S}]")


@dataclass(frozen=True)
class SentenceEncoder:
    """A model that turns texts into vectors, ready to use.

    Attributes:
        name: as programs and the index call it.
    """

    name: str
    engine: EmbeddingEngine
    tokenizer: PieceTokenizer
    settings: SentenceSettings

    @property
    def longest(self) -> int:
        """Tokens of a text that are read, without special tokens; what follows them is cut off."""
        most = min(self.settings.longest or self.engine.longest, self.engine.longest)
        return most - self.tokenizer.frame.single


@dataclass(frozen=True)
class Embeddings:
    """Vectors of some texts.

    Attributes:
        vectors: (texts, width), in the order of the texts, of length 1 if the checkpoint asks for it;
            zeros for a text without words.
        cut: for each text whether it was longer than the model reads.
        tokens: that were read of all texts, special tokens included.
    """

    vectors: NDArray[np.float32]
    cut: tuple[bool, ...]
    tokens: int = 0


def load_sentence_encoder(
    folder: Path, *, device: str = "auto", dtype: str = "auto", progress: Progress = no_progress
) -> SentenceEncoder:
    """Load a folder: BERT, XLM-R, static embeddings, or a decoder trained to embed.

    Raises:
        CheckpointError: it cannot be loaded, or is another kind of model.
        DeviceError: there is no such device.
    """
    settings = read_sentence_settings(folder)
    place = choose_device(device)
    precision = choose_dtype(dtype, place, count_parameters(folder))
    network = load_sentence_network(
        folder, settings.pooling, device=place, dtype=precision, progress=progress
    )
    tokenizer = load_pieces(folder, network.rows, lower=settings.lower)
    engine = EmbeddingEngine(network, normalise=settings.normalise)
    return SentenceEncoder(folder.resolve().name, engine, tokenizer, settings)


def embed(
    encoder: SentenceEncoder, texts: Sequence[str], *, role: str = "", urgent: bool = True
) -> Embeddings:
    """The vectors of ``texts``.

    Args:
        role: what the texts are, such as ``query`` or ``passage``; some checkpoints want a prompt in
            front of each. One that the checkpoint does not know changes nothing.
        urgent: whether a request waits for them, to which long work gives way.

    Raises:
        DeviceError: there was not enough memory.
    """
    prompts, settings = encoder.settings.prompts, encoder.settings
    prompt = prompts.get(role, prompts.get(settings.default_role, ""))
    pieces = encoder.tokenizer.pieces([prompt + normal_text(replace_lone_surrogates(text)) for text in texts])
    longest, frame = encoder.longest, encoder.tokenizer.frame
    ids = [frame.one(each.cut(0, longest)).ids for each in pieces]
    cut = tuple(len(each) > longest for each in pieces)
    return Embeddings(encoder.engine.embed(ids, urgent=urgent), cut, tokens=sum(map(len, ids)))


def has_words(text: str) -> bool:
    """Whether a text has a letter, a number, or a symbol that stands for a word."""
    return bool(_WORDLY.search(text))


def knows(encoder: SentenceEncoder, text: str) -> bool:
    """Whether the vocabulary has any word of a text; if not, the text's vector carries no meaning."""
    text = normal_text(replace_lone_surrogates(text))
    [pieces] = encoder.tokenizer.pieces([text])
    spans = list(zip(pieces.ids, pieces.offsets, strict=True))
    # The mark of a blank in front of an unknown character has that character's place.
    unknown = {span for one, span in spans if one in encoder.tokenizer.unknown}
    return any(
        one not in encoder.tokenizer.unknown and (start, end) not in unknown and has_words(text[start:end])
        for one, (start, end) in spans
    )
