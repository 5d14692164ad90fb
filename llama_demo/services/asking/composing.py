"""An answer that a decoder writes: from passages, with citations, or out of nothing but the conversation."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from llama_demo.services.asking.claims import claims_of
from llama_demo.services.asking.question import Asked
from llama_demo.services.asking.update import Evidence, Update
from llama_demo.services.history.runs import Recording
from llama_demo.services.models import Models
from llama_demo.tasks.conversation import Fitted, conversation_prompt, room_for_prompt
from llama_demo.tasks.generate import Generation
from llama_demo.tasks.grounded_prompt import Quoted, grounded_system, says_unknown
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.presets import language_of
from llama_demo.text.chat_template import ChatMessage
from llama_demo.text.sentences import split_sentences

_CONTINUES = "continue"
"""What a model can do that learned nothing else."""

_PASSAGES_SHARE = 0.6
"""Of a prompt, at most this share may be passages; the rest is the conversation's."""


class Composing:
    """Writes answers."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def updates(
        self,
        asked: Asked,
        passages: Sequence[Evidence],
        update: Update,
        recording: Recording,
        stopped: threading.Event,
    ) -> Iterator[Update]:
        """The answer as it grows.

        Args:
            passages: that it is to be taken from; none for open chat.
            update: what is known before writing.
            stopped: set when nobody wants the rest any more.

        Raises:
            DemoError: the question does not fit, or the model broke.
        """
        model = self._models.writer(update.model)
        passages = _numbered(model, passages, asked.options.max_new_tokens)
        fitted = _prompt(model, asked, passages)
        limits = () if "instruct" in model.abilities else tuple(sorted(model.abilities)) or (_CONTINUES,)
        update = replace(
            update,
            retrieved=tuple(passages),
            prompt=fitted.prompt.text,
            dropped=fitted.dropped,
            limits=limits,
        )
        generation = Generation(model, fitted.prompt, asked.options)
        figures: dict[str, object] = {
            "tokens": 0,
            "tokens_per_second": 0.0,
            "first_token_ms": None,
            "model": model.name,
            "seed": generation.seed,
            "prompt_tokens": len(fitted.prompt.ids),
            "context": model.engine.context,
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

    def _borne_out(self, update: Update, passages: Sequence[Evidence]) -> Update:
        """The finished answer with what it rests on: the passages that it cites, else all of them."""
        if not passages:
            return update
        if says_unknown(update.text):
            return replace(update, answerable=False)
        encoder = self._models.encoder() if self._models.entries("search") else None
        claims = tuple(claims_of(update.text, [one.text for one in passages], encoder))
        cited = dict.fromkeys(number for claim in claims for number in claim.cites)
        evidence = [passages[number - 1] for number in cited] or passages
        return replace(update, claims=claims, evidence=tuple(evidence))


def _prompt(model: LanguageModel, asked: Asked, passages: Sequence[Evidence]) -> Fitted:
    turns = [ChatMessage(turn.role, turn.content) for turn in asked.turns]
    if "instruct" not in model.abilities:
        turns = []
    turns.append(ChatMessage("user", asked.question))
    system = asked.subject.system if "instruct" in model.abilities else ""
    if passages:
        quoted = [Quoted(one.text, _source(one)) for one in passages]
        system = grounded_system(quoted, language_of(asked.question), system=system)
    return conversation_prompt(
        model, turns, system=system, begins=asked.begins, answer=asked.options.max_new_tokens
    )


def _numbered(model: LanguageModel, passages: Sequence[Evidence], answer: int) -> list[Evidence]:
    """As many of the passages as fit, the best ones, in the order of their documents.

    If not even one does, the model is given its first sentences.
    """
    room = int(_PASSAGES_SHARE * room_for_prompt(model, answer))
    kept: list[Evidence] = []
    for one in passages:
        size = len(model.tokenizer.encode(one.text))
        if size > room and kept:
            break
        kept.append(one if size <= room else replace(one, text=_beginning(model, one.text, room)))
        room -= size
    if any(one.chunk is not None for one in kept):
        kept.sort(key=lambda one: (one.document, one.chunk))
    return [replace(one, number=number) for number, one in enumerate(kept, start=1)]


def _beginning(model: LanguageModel, text: str, room: int) -> str:
    """As many sentences of a passage as make so many tokens, one at least."""
    ends = [sentence.end for sentence in split_sentences(text)]
    fitting = takewhile(lambda end: len(model.tokenizer.encode(text[:end])) <= room, ends)
    return text[: max(fitting, default=ends[0] if ends else 0)]


def _source(one: Evidence) -> str:
    page = f" ({one.page})" if one.page is not None else ""
    return " · ".join(part for part in (f"{one.document}{page}".strip(), one.heading) if part)
