"""Generative answers: written by a decoder from passages, with citations, or in open chat."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

import numpy as np
import regex

from llama_demo.services.answering.answer import AnswerRequest, AnswerUpdate, Claim, Evidence
from llama_demo.services.history.runs import RunRecording
from llama_demo.services.models import Models
from llama_demo.services.writer import Writer
from llama_demo.services.writers import Writers
from llama_demo.store.chunk_words import telling_words
from llama_demo.store.words import words
from llama_demo.tasks.conversation import Fitted
from llama_demo.tasks.embed import SentenceEncoder, embed
from llama_demo.tasks.grounded_prompt import Quoted, grounded_system, says_unknown
from llama_demo.tasks.presets import language_of
from llama_demo.text.chat_template import ChatMessage
from llama_demo.text.sentences import split_sentences

_CONTINUES = "continue"
"""The ability of a model that can only continue a text."""

_PASSAGES_SHARE = 0.6
"""Largest share of a prompt for passages; the rest is for the conversation."""


class GenerativeAnswering:
    """Writes answers with a decoder, or with another server's model."""

    def __init__(self, models: Models, writers: Writers) -> None:
        self._models, self._writers = models, writers

    def updates(
        self,
        request: AnswerRequest,
        passages: Sequence[Evidence],
        update: AnswerUpdate,
        recording: RunRecording,
        stopped: threading.Event,
    ) -> Generator[AnswerUpdate, None, None]:
        """The answer as it grows.

        Args:
            passages: to answer from; none for open chat.
            update: what is known before writing.
            stopped: set to stop the model.

        Raises:
            DemoError: the question does not fit, or the model failed.
        """
        writer = self._writers.writer(update.model)
        passages = _numbered(writer, passages, request.options.max_new_tokens)
        fitted = _prompt(writer, request, passages)
        limits = () if "instruct" in writer.abilities else tuple(sorted(writer.abilities)) or (_CONTINUES,)
        update = replace(
            update,
            retrieved=tuple(passages),
            prompt=fitted.prompt.text,
            dropped=fitted.dropped,
            limits=limits,
        )
        generation = writer.start(fitted.prompt, request.options)
        figures: dict[str, object] = {
            "tokens": 0,
            "tokens_per_second": 0.0,
            "first_token_ms": None,
            "model": writer.name,
            "seed": generation.seed,
            "prompt_tokens": len(fitted.prompt.ids) or writer.size(fitted.prompt.text),
            "context": writer.context,
        }
        try:
            yield replace(update, tokens=figures, waiting=generation.waiting)
            for piece in generation:
                if stopped.is_set():
                    generation.stop()
                update = replace(
                    update,
                    text=update.text + piece.text,
                    tokens={**figures, **piece.figures},
                    waiting=generation.waiting,
                )
                if piece.finish_reason is None:
                    recording.progress(update.text)
                    yield update
            ended = "stopped" if update.tokens["finish_reason"] == "stopped" else "done"
            yield replace(self._borne_out(update, passages), status=ended)
        finally:
            generation.stop()

    def _borne_out(self, update: AnswerUpdate, passages: Sequence[Evidence]) -> AnswerUpdate:
        """The finished answer with its evidence: the passages that it cites, else all of them."""
        if not passages:
            return update
        if says_unknown(update.text):
            return replace(update, answerable=False)
        encoder = self._models.encoder() if self._models.entries("search") else None
        claims = tuple(claims_of(update.text, [one.text for one in passages], encoder))
        cited = dict.fromkeys(number for claim in claims for number in claim.cites)
        evidence = [passages[number - 1] for number in cited] or passages
        return replace(update, claims=claims, evidence=tuple(evidence))


def _prompt(writer: Writer, request: AnswerRequest, passages: Sequence[Evidence]) -> Fitted:
    turns = [ChatMessage(turn.role, turn.content) for turn in request.turns]
    if "instruct" not in writer.abilities:
        turns = []
    turns.append(ChatMessage("user", request.question))
    system = request.subject.system if "instruct" in writer.abilities else ""
    if passages:
        quoted = [Quoted(one.text, _source(one)) for one in passages]
        system = grounded_system(quoted, language_of(request.question), system=system)
    return writer.conversation(
        turns, system=system, begins=request.begins, answer=request.options.max_new_tokens
    )


def _numbered(writer: Writer, passages: Sequence[Evidence], answer: int) -> list[Evidence]:
    """The best passages that fit, numbered, in the order of their documents.

    If not even one fits, its first sentences are used.
    """
    room = int(_PASSAGES_SHARE * writer.room(answer))
    kept: list[Evidence] = []
    for one in passages:
        size = writer.size(one.text)
        if size > room and kept:
            break
        kept.append(one if size <= room else replace(one, text=_beginning(writer, one.text, room)))
        room -= size
    if any(one.chunk is not None for one in kept):
        kept.sort(key=lambda one: (one.document, one.chunk))
    return [replace(one, number=number) for number, one in enumerate(kept, start=1)]


def _beginning(writer: Writer, text: str, room: int) -> str:
    """The first sentences of a passage that fit into ``room`` tokens, at least one."""
    ends = [sentence.end for sentence in split_sentences(text)]
    fitting = takewhile(lambda end: writer.size(text[:end]) <= room, ends)
    return text[: max(fitting, default=ends[0] if ends else 0)]


def _source(one: Evidence) -> str:
    page = f" ({one.page})" if one.page is not None else ""
    return " · ".join(part for part in (f"{one.document}{page}".strip(), one.heading) if part)


# A passage supports a sentence if it has this share of its content words, or a sentence with this cosine.
# Chosen by hand.
_SAME, _NEAR = 0.6, 0.6

_CITATION = regex.compile(r"[\[［【]\s*(\d{1,3}(?:\s*[,，、;；]\s*\d{1,3})*)\s*[\]］】]")
_NUMBER = regex.compile(r"\d+(?:[.,:]\d+)*")


def claims_of(answer: str, passages: Sequence[str], encoder: SentenceEncoder | None = None) -> list[Claim]:
    """The sentences of ``answer``, checked against the passages, which are numbered from 1.

    A sentence is supported if one passage has all of its numbers, and most of its content words or a
    sentence of similar meaning; one without content, such as "Yes.", is supported too.

    Args:
        encoder: measures similarity of meaning; without one only words count.
    """
    spoken = _CITATION.sub(lambda found: " " * len(found[0]), answer)
    sentences = split_sentences(spoken)
    support = _Support(passages, encoder)
    claims = []
    for place, sentence in enumerate(sentences):
        end = sentences[place + 1].start if place + 1 < len(sentences) else len(answer)
        cites = tuple(one for one in _cited(answer[sentence.start : end]) if 1 <= one <= len(passages))
        end = sentence.start + len(answer[sentence.start : end].rstrip())
        claims.append(Claim(sentence.start, end, cites, support.of(sentence.text)))
    return claims


def _cited(sentence: str) -> Iterator[int]:
    for found in _CITATION.finditer(sentence):
        yield from dict.fromkeys(map(int, regex.findall(r"\d+", found[1])))


class _Support:
    """The words and vectors of the passages, for comparison with many sentences."""

    def __init__(self, passages: Sequence[str], encoder: SentenceEncoder | None) -> None:
        self._words = [frozenset(words(passage)) for passage in passages]
        self._numbers = [frozenset(_NUMBER.findall(passage)) for passage in passages]
        self._encoder = encoder
        said = [(place, each.text) for place, text in enumerate(passages) for each in split_sentences(text)]
        self._owners = np.array([place for place, _ in said], dtype=np.int64)
        if encoder is not None and said:
            self._vectors = embed(encoder, [text for _, text in said], role="passage").vectors

    def of(self, sentence: str) -> bool:
        """Whether one of the passages supports the sentence."""
        wanted, numbers = telling_words(sentence), set(_NUMBER.findall(sentence))
        if not [word for word in wanted if len(word) > 1 or not word.isascii()]:
            return True
        near = self._near(sentence)
        for place, there in enumerate(self._words):
            if not numbers <= self._numbers[place]:
                continue
            share = sum(word in there for word in wanted) / len(wanted)
            if share >= _SAME or near[place] >= _NEAR:
                return True
        return False

    def _near(self, sentence: str) -> list[float]:
        """For each passage the cosine with the most similar of its sentences."""
        best = [0.0] * len(self._words)
        if self._encoder is not None and len(self._owners):
            vector = embed(self._encoder, [sentence], role="query").vectors[0]
            for owner, cosine in zip(self._owners.tolist(), (self._vectors @ vector).tolist(), strict=True):
                best[owner] = max(best[owner], cosine)
        return best
