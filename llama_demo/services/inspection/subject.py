"""What is looked at: a text with the model of its task, prepared as the model reads it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, get_args

from llama_demo.engine.beam_search import Search, Stopped
from llama_demo.engine.inspection import (
    Architecture,
    ForwardTrace,
    SilencedHead,
    architecture,
    trace_decoder,
    trace_encoder,
    trace_reader,
    trace_translator,
)
from llama_demo.errors import InputError
from llama_demo.services.generation import GenerationRequest, prompt_of
from llama_demo.services.models import Models
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.prompts import checked_text
from llama_demo.tasks.token_pieces import (
    TokenisedText,
    TokenPiece,
    decoder_tokens,
    encoder_tokens,
    reader_tokens,
    source_tokens,
    target_tokens,
)
from llama_demo.tasks.translate_sentences import Translator

InspectedTask = Literal["generate", "translate", "ask", "search"]
TASKS: tuple[InspectedTask, ...] = get_args(InspectedTask)

MOST_TOKENS = 128
"""Tokens of a text that are looked at; what follows is cut off and reported as cut."""


@dataclass(frozen=True)
class InspectionSubject:
    """What a visitor wants to look into.

    Attributes:
        text: prompt, source sentence, question, or sentence, depending on the task.
        passage: in which the reader looks for an answer.
        source, target: languages of a translation (ISO 639-1).
        translation: a given target; the model's own if empty.
        model: by name; the default of the task if empty.
        preset, form, theme: by which a prompt is made of the text.
        continuation: ids that the model wrote behind the prompt.
    """

    task: InspectedTask
    text: str
    passage: str = ""
    source: str = "en"
    target: str = "zh"
    translation: str = ""
    model: str = ""
    preset: str = "free"
    form: str = ""
    theme: str = ""
    continuation: tuple[int, ...] = ()


@dataclass(frozen=True)
class AttentionKind:
    """The attention of one kind, in every layer.

    Attributes:
        name: ``self``, ``encoder``, ``decoder`` or ``cross``.
        place: of a layer's attention, as the taps name it, with ``{}`` for the layer.
        queries, keys: the parts that look, and that are looked at.
        causal: whether a token sees none behind it.
    """

    name: str
    place: str
    layers: int
    heads: int
    key_heads: int
    queries: str
    keys: str
    causal: bool


@dataclass(frozen=True)
class Inspectable:
    """A subject as its model reads it.

    Attributes:
        model: its name.
        texts: by part, in the order in which the model reads them.
        kinds: of attention that the model has.
        run: of the engine: lets a function compute with the network.
        work: one forward pass, given the network, the ids of the last text and silenced heads; ``None``
            for a network without layers.
        piece: names a token of the vocabulary that the model predicts in.
        second: where the passage begins among the tokens of a pair.
    """

    task: InspectedTask
    model: str
    architecture: Architecture
    texts: tuple[TokenisedText, ...]
    kinds: tuple[AttentionKind, ...]
    run: Callable[[Callable[[Any], Any]], Any]
    piece: Callable[[int], str]
    work: Callable[[Any, Sequence[int], Collection[SilencedHead]], ForwardTrace] | None = None
    second: int = 0

    def part(self, name: str) -> TokenisedText:
        """A text by its part."""
        return next(text for text in self.texts if text.part == name)

    def kind(self, name: str) -> AttentionKind:
        """A kind of attention by its name.

        Raises:
            InputError: ``inspection_no_attention``; the model has none of this name.
        """
        for kind in self.kinds:
            if kind.name == name:
                return kind
        raise InputError("inspection_no_attention", model=self.model)

    def with_last(self, pieces: Sequence[TokenPiece]) -> Inspectable:
        """The same with other tokens in its last text."""
        *before, last = self.texts
        return replace(self, texts=(*before, replace(last, pieces=tuple(pieces))))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for what gives the same trace."""
        return (self.task, self.model, *(text.ids for text in self.texts))


def prepare(models: Models, subject: InspectionSubject, stopped: Stopped = lambda: False) -> Inspectable:
    """Tokenise a subject for the model of its task.

    Args:
        stopped: called while a translation is searched for; ends the search once it returns true.

    Raises:
        InputError: the text is empty, too long, or in a language that the model does not know; ``stopped``.
        CheckpointError, DeviceError: the model cannot be loaded.
    """
    checked_text(subject.text + subject.passage + subject.translation)
    if not subject.text.strip() and subject.preset == "free":
        raise InputError("prompt_empty")
    preparations: dict[str, Callable[[Models, InspectionSubject], Inspectable]] = {
        "generate": _of_decoder,
        "translate": partial(_of_translator, stopped=stopped),
        "ask": _of_reader,
        "search": _of_encoder,
    }
    return preparations[subject.task](models, subject)


def _of_decoder(models: Models, subject: InspectionSubject) -> Inspectable:
    model = models.writer(subject.model)
    text = decoder_tokens(model.tokenizer, _prompt_ids(model, subject), most=MOST_TOKENS)
    shape = architecture(model.engine.model)
    kind = AttentionKind(
        "self",
        "layers.{}.attention",
        shape.decoder_layers,
        shape.heads,
        shape.key_heads,
        "text",
        "text",
        True,
    )
    return Inspectable(
        "generate",
        model.name,
        shape,
        (text,),
        (kind,),
        model.engine.run,
        model.tokenizer.piece,
        trace_decoder,
    )


def _prompt_ids(model: LanguageModel, subject: InspectionSubject) -> Sequence[int]:
    if any(not 0 <= one < model.engine.model.config.vocab_size for one in subject.continuation):
        raise InputError("token_unknown", model=model.name)
    prompt = prompt_of(
        model,
        GenerationRequest(
            subject.text,
            preset=subject.preset,
            form=subject.form,
            theme=subject.theme,
        ),
    )
    return (*prompt.ids, *subject.continuation)


def _of_translator(models: Models, subject: InspectionSubject, *, stopped: Stopped) -> Inspectable:
    model = models.translator(subject.model)
    source = source_tokens(
        model, subject.text, source=subject.source, target=subject.target, most=MOST_TOKENS
    )
    ids = _target_ids(model, subject, source.ids, stopped)
    target = target_tokens(model, ids, target=subject.target, most=MOST_TOKENS)
    shape = architecture(model.engine.model)
    config = model.engine.model.config
    encoder, decoder = config.encoder, config.decoder
    kinds = (
        AttentionKind(
            "cross",
            "decoder.layers.{}.cross",
            decoder.layers,
            decoder.heads,
            decoder.heads,
            "target",
            "source",
            False,
        ),
        AttentionKind(
            "encoder",
            "encoder.layers.{}.attention",
            encoder.layers,
            encoder.heads,
            encoder.heads,
            "source",
            "source",
            False,
        ),
        AttentionKind(
            "decoder",
            "decoder.layers.{}.attention",
            decoder.layers,
            decoder.heads,
            decoder.heads,
            "target",
            "target",
            True,
        ),
    )
    return Inspectable(
        "translate",
        model.name,
        shape,
        (source, target),
        kinds,
        model.engine.run,
        model.vocabulary.target_piece,
        lambda network, ids, silenced: trace_translator(network, source.ids, ids, silenced),
    )


def _target_ids(
    model: Translator, subject: InspectionSubject, source: Sequence[int], stopped: Stopped
) -> Sequence[int]:
    """The given translation, or the one that the model finds with four beams."""
    if subject.translation.strip():
        return model.vocabulary.encode_target(subject.translation).ids
    prefix = model.vocabulary.prefix(subject.target)
    search = Search(beams=4, most_repeats=4)
    for _, found in model.engine.translate([source], search, prefix=prefix, stopped=stopped):
        return found.hypotheses[0].ids
    raise InputError("stopped")


def _of_reader(models: Models, subject: InspectionSubject) -> Inspectable:
    model = models.reader(subject.model)
    if not subject.passage.strip():
        raise InputError("inspection_no_passage")
    pair, window, second = reader_tokens(model, subject.text, subject.passage, most=MOST_TOKENS)
    shape = model.engine.run(architecture)
    return Inspectable(
        "ask",
        model.name,
        shape,
        (pair,),
        (_encoder_kind(shape, "pair"),),
        model.engine.run,
        model.tokenizer.piece,
        lambda network, _, silenced: trace_reader(network, window, silenced),
        second,
    )


def _of_encoder(models: Models, subject: InspectionSubject) -> Inspectable:
    model = models.encoder(subject.model)
    text = encoder_tokens(model, subject.text, most=MOST_TOKENS)
    shape = model.engine.run(architecture)
    kinds = {"encoder": (_encoder_kind(shape, "text"),), "static": ()}.get(shape.kind, ())
    return Inspectable(
        "search",
        model.name,
        shape,
        (text,),
        kinds,
        model.engine.run,
        model.tokenizer.piece,
        trace_encoder if kinds else None,
    )


def _encoder_kind(shape: Architecture, part: str) -> AttentionKind:
    return AttentionKind(
        "encoder",
        "encoder.layers.{}.attention",
        shape.encoder_layers,
        shape.heads,
        shape.heads,
        part,
        part,
        False,
    )
