"""Sentences in one language in, sentences in another out, with scores and alignments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llama_demo.engine.beam_search import Search
from llama_demo.engine.checkpoint import Progress, count_parameters, no_progress
from llama_demo.engine.devices import choose_device, choose_dtype
from llama_demo.engine.translation import (
    LIMITS,
    TranslationEngine,
    TranslationHypotheses,
    load_translation_engine,
)
from llama_demo.span import Span
from llama_demo.text.agreement.doubts import Doubt
from llama_demo.text.layout import on_one_line
from llama_demo.text.tokenizers.pieces import Pieces
from llama_demo.text.tokenizers.translator_folder import load_translator_vocabulary
from llama_demo.text.tokenizers.translator_vocabulary import TranslatorVocabulary
from llama_demo.unicode import replace_lone_surrogates


@dataclass(frozen=True)
class Translator:
    """An encoder-decoder that is loaded, with its vocabulary.

    Attributes:
        name: as programs and the history call it.
    """

    name: str
    engine: TranslationEngine
    vocabulary: TranslatorVocabulary

    @property
    def directions(self) -> frozenset[tuple[str, str]]:
        """Pairs of source and target language (ISO 639-1); empty if the folder does not say."""
        return self.vocabulary.directions


@dataclass(frozen=True)
class TranslationAlternative:
    """One translation of a sentence.

    Attributes:
        score: mean natural log-probability of its tokens (with the length penalty 1); higher is
            surer.
        complete: whether the model ended it; else it was cut off.
        doubts: what may be wrong with it, if it was compared with its source.
    """

    text: str
    score: float
    complete: bool
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Alignment:
    """Attention from each piece of the translation to each piece of the source.

    Attributes:
        source, target: spans of the pieces in the two texts.
        weights: (target pieces, source pieces), the mean over all heads and decoder layers. The source's
            special tokens are left out, so rows sum to at most 1.
    """

    source: tuple[Span, ...]
    target: tuple[Span, ...]
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class TranslatedSentence:
    """A sentence's translation; ``alternatives``, best first, include it."""

    source: str
    alternatives: tuple[TranslationAlternative, ...]
    alignment: Alignment | None = None

    @property
    def text(self) -> str:
        """Of the best alternative."""
        return self.alternatives[0].text

    @property
    def score(self) -> float:
        """Of the best alternative: mean natural log-probability of its tokens."""
        return self.alternatives[0].score


def load_translator(
    folder: Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    requests: int | None = None,
    progress: Progress = no_progress,
) -> Translator:
    """Load a folder: Marian's opus-mt, M2M100, NLLB, or our own.

    Args:
        requests: batches that it translates at the same time; the engine's default unless given.

    Raises:
        CheckpointError: it cannot be loaded, or is another kind of model.
        DeviceError: there is no such device.
    """
    place = choose_device(device)
    precision = choose_dtype(dtype, place, count_parameters(folder))
    limits = LIMITS if requests is None else replace(LIMITS, running=requests)
    engine = load_translation_engine(folder, device=place, dtype=precision, limits=limits, progress=progress)
    config = engine.model.config
    vocabulary = load_translator_vocabulary(folder, config.source_vocab_size, config.vocab_size)
    return Translator(folder.resolve().name, engine, vocabulary)


def translate_sentences(
    translator: Translator,
    sentences: Sequence[str],
    *,
    source: str,
    target: str,
    how: Search | None = None,
    alignment: bool = False,
    early: bool = True,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[int, TranslatedSentence]]:
    """Translate sentences, in batches of similar length.

    Args:
        sentences: each no longer than the model can read; an empty one is returned as it is.
        alignment: return the attention of the best translation, too.
        early: translate the first sentences first, in small batches; else all are sorted by length.
        stopped: called after every token; once it returns true, nothing more is yielded.

    Yields:
        Each sentence's index and translation.

    Raises:
        InputError: the translator does not know the direction, or a sentence is too long for it.
        DeviceError: there was not enough memory; what was yielded before is valid.
    """
    texts = [replace_lone_surrogates(sentence) for sentence in sentences]
    filled = [place for place, text in enumerate(texts) if text.strip()]
    lines = [on_one_line(texts[i]) for i in filled]
    pieces = translator.vocabulary.encode(lines, source=source, target=target)
    for place in sorted(set(range(len(texts))) - set(filled)):
        yield place, TranslatedSentence(texts[place], (TranslationAlternative(texts[place], 0.0, True),))
    found = translator.engine.translate(
        [each.ids for each in pieces],
        how,
        prefix=translator.vocabulary.prefix(target),
        attention=alignment,
        early=early,
        stopped=stopped,
    )
    for i, translation in found:
        yield filled[i], _sentence(translator.vocabulary, lines[i], pieces[i], translation)


def _sentence(
    vocabulary: TranslatorVocabulary, source: str, pieces: Pieces, translation: TranslationHypotheses
) -> TranslatedSentence:
    decoded = [vocabulary.decode(hypothesis.ids) for hypothesis in translation.hypotheses]
    alternatives = tuple(
        TranslationAlternative(text, hypothesis.score, hypothesis.complete)
        for (text, _), hypothesis in zip(decoded, translation.hypotheses, strict=True)
    )
    alignment = None
    if translation.attention is not None:
        weights = translation.attention.mean(axis=(0, 1))  # (target, source)
        # Special tokens have no characters.
        real = [i for i, (start, end) in enumerate(pieces.offsets) if end > start]
        spans = tuple(pieces.offsets[i] for i in real)
        alignment = Alignment(spans, tuple(decoded[0][1]), weights[:, real])
    return TranslatedSentence(source, alternatives, alignment)
