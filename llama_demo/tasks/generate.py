"""Text generation: a prompt in, pieces of its continuation out, with log-probabilities and alternatives."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from llama_demo.engine.request import FinishReason, Request, Sampling, Step, in_range
from llama_demo.errors import InputError
from llama_demo.tasks.guidance import Guidance
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.prompts import Prompt
from llama_demo.text.stop_strings import StopStrings
from llama_demo.text.streaming import StreamingDecoder

MOST_STOP_STRINGS, LONGEST_STOP_STRING = 8, 200
_SEEDS = 2**31
# Seconds between two pieces: ten a second look continuous and leave the processor to the model. Requests that
# are served together share these ten, since handing on a piece takes longer than a token does.
_PIECE_SECONDS, _LONGEST_PIECE_SECONDS = 0.08, 0.5


@dataclass(frozen=True)
class GenerateOptions:
    """How to continue a text.

    Attributes:
        max_new_tokens: where to end at the latest; no more than the context leaves is used.
        seed: -1 draws one, which the figures then report.
        stop: strings that end the text, one a line; they are not part of it.

    The others are those of :class:`~llama_demo.engine.request.Sampling`.
    """

    max_new_tokens: int = 200
    temperature: float = 0.8
    top_k: int = 50
    top_p: float = 0.95
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    seed: int = -1
    stop: str = ""

    def __post_init__(self) -> None:
        in_range("max_new_tokens", self.max_new_tokens, 1, 1_000_000)
        in_range("seed", self.seed, -1, 2**63 - 1)
        check_stop_strings(self.stop_strings)
        self.sampling(seed=max(self.seed, 0))

    @property
    def stop_strings(self) -> tuple[str, ...]:
        """The lines of ``stop`` that are not empty."""
        return tuple(line for line in self.stop.splitlines() if line)

    def sampling(self, *, seed: int) -> Sampling:
        """The engine's sampling parameters, with the seed that is really used."""
        return Sampling(
            temperature=self.temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            min_p=self.min_p,
            repetition_penalty=self.repetition_penalty,
            seed=seed,
        )


def check_stop_strings(strings: Sequence[str]) -> None:
    """Refuse too many stop strings, and too long ones.

    Raises:
        InputError: ``stop_too_many`` or ``stop_too_long``.
    """
    if len(strings) > MOST_STOP_STRINGS:
        raise InputError("stop_too_many", count=len(strings), limit=MOST_STOP_STRINGS)
    if any(len(string) > LONGEST_STOP_STRING for string in strings):
        raise InputError("stop_too_long", limit=LONGEST_STOP_STRING)


@dataclass(frozen=True)
class Choice:
    """A token that could have stood in a place, with its text."""

    id: int
    text: str
    logprob: float


@dataclass(frozen=True)
class Token:
    """A generated token as it appears in the text.

    Attributes:
        text: that it added; empty for all but the last of the tokens that encode one character.
        logprob: natural, under the model's own distribution.
        choices: the likeliest tokens at its place, likeliest first; of a poem those that keep its rules.
        peak: log-probability of the likeliest of them in a text whose certainty is relative, else 0.
    """

    id: int
    text: str
    logprob: float
    choices: tuple[Choice, ...] = ()
    peak: float = 0.0


@dataclass(frozen=True)
class GeneratedPiece:
    """The text and tokens that came since the piece before.

    Attributes:
        text: new text, whole characters only.
        tokens: the tokens of this text; their texts put together are ``text``.
        count: tokens generated so far, those included whose text is still held back.
        tokens_per_second: so far, from the second token on.
        first_token_seconds: from the request to the first token; ``None`` before it.
        finish_reason: in the last piece only.
    """

    text: str
    tokens: tuple[Token, ...]
    count: int
    tokens_per_second: float
    first_token_seconds: float | None
    finish_reason: FinishReason | None = None

    @property
    def figures(self) -> dict[str, object]:
        """The figures of the endpoint's response, by name; ``finish_reason`` in the last piece only."""
        first = self.first_token_seconds
        figures: dict[str, object] = {
            "tokens": self.count,
            "tokens_per_second": round(self.tokens_per_second, 1),
            "first_token_ms": None if first is None else round(first * 1000),
        }
        if self.finish_reason is not None:
            figures["finish_reason"] = str(self.finish_reason)
        return figures


class Generation:
    """A continuation under way. Iterating gives its pieces; any thread may stop it.

    Args:
        forced: ids that stand behind the prompt as if the model had chosen them, to go on from there;
            they are not part of the pieces.
        alternatives: how many choices to report with each token.
        stops: stop strings beside those of the options; they may hold line breaks.
        guidance: filter of the tokens, and drafts.

    Attributes:
        seed: the one that is used.

    Raises:
        InputError: the prompt fills the context, so that nothing can follow, or a stop string is refused.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompt: Prompt,
        options: GenerateOptions,
        *,
        forced: Sequence[int] = (),
        alternatives: int = 0,
        stops: Sequence[str] = (),
        guidance: Guidance | None = None,
    ) -> None:
        guidance = guidance or Guidance()
        stops = (*options.stop_strings, *stops)
        check_stop_strings(stops)
        self.seed = options.seed if options.seed >= 0 else secrets.randbelow(_SEEDS)
        ids = [*prompt.ids, *forced]
        left = max(1, model.engine.context - len(ids))
        self._engine = model.engine
        self._stream = self._engine.submit(
            Request(
                prompt=tuple(ids),
                sampling=options.sampling(seed=self.seed),
                max_new_tokens=min(options.max_new_tokens, left),
                stop_ids=model.tokenizer.end_ids,
                alternatives=alternatives,
                new_filter=guidance.new_filter,
                drafts=guidance.drafts if options.temperature > 0 else 1,
                preference=guidance.preference,
            )
        )
        self._transcript = TokenDecoder(
            StreamingDecoder(model.tokenizer, ids),
            StopStrings(stops),
            relative=guidance.relative,
        )

    @property
    def waiting(self) -> int:
        """Number of requests that are served before this one."""
        return self._stream.waiting

    def stop(self) -> None:
        """End within one token; what was written stays."""
        self._stream.close()

    def __iter__(self) -> Iterator[GeneratedPiece]:
        """Pieces about ten times a second, empty ones while waiting; leaving early stops the model."""
        with self._stream:
            while (steps := self._stream.take(self._pause)) is not None:
                yield self._piece(self._transcript.add(steps))
                if self._transcript.stopped:
                    break
        last = self._piece(self._transcript.finish())
        reason = FinishReason.STOP if self._transcript.stopped else self._stream.finish_reason
        yield replace(last, finish_reason=reason)

    @property
    def _pause(self) -> float:
        return min(_PIECE_SECONDS * max(1, self._engine.requests), _LONGEST_PIECE_SECONDS)

    def _piece(self, tokens: list[Token]) -> GeneratedPiece:
        seconds, count = self._stream.seconds, self._transcript.count
        return GeneratedPiece(
            text="".join(token.text for token in tokens),
            tokens=tuple(tokens),
            count=count,
            tokens_per_second=(count - 1) / seconds if seconds > 0 else 0.0,
            first_token_seconds=self._stream.first_token_seconds,
        )


class TokenDecoder:
    """Decodes steps into tokens with their text, up to a stop string.

    A token is returned once its text is final: an incomplete character or the possible beginning of a
    stop string holds it back.
    """

    def __init__(self, decoder: StreamingDecoder, stops: StopStrings, *, relative: bool = False) -> None:
        self._decoder = decoder
        self._relative = relative
        self._stops = stops
        self._held: list[Token] = []
        self._certain = 0  # characters of the held tokens' texts that are final
        self.count = 0

    @property
    def stopped(self) -> bool:
        """Whether a stop string has appeared."""
        return self._stops.found

    def add(self, steps: Sequence[Step]) -> list[Token]:
        """The tokens whose text is final after ``steps``."""
        for step in steps:
            if self.stopped:
                break
            self.count += 1
            choices = tuple(Choice(a.id, self._decoder.peek(a.id), a.logprob) for a in step.alternatives)
            text = self._decoder.add([step.id])
            peak = choices[0].logprob if self._relative and choices else 0.0
            self._held.append(Token(step.id, text, step.logprob, choices, peak))
            self._certain += len(self._stops.add(text))
        return self._release()

    def finish(self) -> list[Token]:
        """What was still held back when the model ended."""
        rest = self._decoder.finish()
        if rest and self._held:
            self._held[-1] = replace(self._held[-1], text=self._held[-1].text + rest)
        self._certain += len(self._stops.add(rest)) + len(self._stops.finish())
        released = self._release()
        if self._certain:  # the stop string began inside a token
            released.append(replace(self._held[0], text=self._held[0].text[: self._certain]))
        self._held = []
        return released

    def _release(self) -> list[Token]:
        # What the decoder still holds back will be the newest token's text.
        complete = self._held[:-1] if self._decoder.holding else self._held
        ready = 0
        for number, token in enumerate(complete, start=1):
            if len(token.text) > self._certain:
                break
            if token.text:  # tokens without text wait for the one that completes their character
                ready = number
                self._certain -= len(token.text)
        released, self._held = self._held[:ready], self._held[ready:]
        return released
