"""The functions of the program that compute what the tour explains, as text."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_demo.engine import beam_search, sampling, scoring
from llama_demo.errors import InputError
from llama_demo.model import bert, grouped_attention, layers, llama, rms_norm, rotary, static, transformer
from llama_demo.services.bias import intervals
from llama_demo.text.tokenizers import pieces, sentencepiece_tokenizer
from llama_demo.training import loop
from llama_demo.training.live import gradient_step
from llama_demo.training.live import training as live_training

PACKAGE = Path(__file__).parents[2]

SOURCES: Mapping[str, Callable[..., Any] | type] = {
    "tokens.encode": sentencepiece_tokenizer.SentencePieceTokenizer,
    "tokens.pieces": pieces.FastPieces,
    "embedding.hidden": llama.Llama.hidden,
    "embedding.static": static.StaticEmbedding.forward,
    "positions.sinusoidal": transformer.PositionalEncoding,
    "positions.rotary": rotary.RotaryPositions,
    "positions.rotate": rotary.rotate,
    "positions.learned": bert.Bert.forward,
    "attention.attend": layers.attend,
    "attention.grouped": grouped_attention.attend_tapped,
    "heads.llama": llama.Attention.forward,
    "heads.join": layers.join_heads,
    "next.truncate": sampling.truncate,
    "next.sampler": sampling.Sampler,
    "next.beams": beam_search._Beams,
    "layers.llama": llama.Layer,
    "layers.swiglu": llama.SwiGLU,
    "layers.rmsnorm": rms_norm.rms_norm,
    "training.step": loop.take_step,
    "training.run": live_training.LiveTraining.run,
    "training.word": gradient_step.take_gradient_step,
    "architecture.llama": llama.Llama.hidden,
    "architecture.encoder": layers.EncoderLayer,
    "architecture.decoder": layers.DecoderLayer,
    "architecture.transformer": transformer.Transformer.decode,
    "bias.score": scoring.text_logprobs,
    "bias.means": intervals.mean_intervals,
}
"""By name; the texts ``hood.source.<name>`` say what each of them does."""


@dataclass(frozen=True)
class SourceCode:
    """The source of a function or class.

    Attributes:
        name: as Python calls it.
        file: below the folder of the package.
        line: of its beginning.
    """

    name: str
    file: str
    line: int
    code: str


def source_code(name: str) -> SourceCode:
    """The source under a name of :data:`SOURCES`.

    Raises:
        InputError: ``inspection_source_unknown``.
    """
    if name not in SOURCES:
        raise InputError("inspection_source_unknown", name=name[:80])
    found = inspect.unwrap(SOURCES[name])  # torch's decorators stand in files of their own
    lines, first = inspect.getsourcelines(found)
    file = Path(inspect.getfile(found)).relative_to(PACKAGE.parent).as_posix()
    return SourceCode(found.__qualname__, file, first, inspect.cleandoc("\n" + "".join(lines)))
