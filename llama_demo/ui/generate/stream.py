"""The stream of a generated text to the page: a text that only grows, one JSON value a line.

Gradio sends each update as the few characters that are new. The first line names the version; then come
tokens, figures and the end. The page keeps every version of a run and sends the tokens to continue from, so
the server keeps none.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from llama_demo.services.generation import GenerationRequest, GenerationUpdate
from llama_demo.services.history.runs import Run
from llama_demo.tasks.generate import Token
from llama_demo.ui.generate.schemas import Choice, GenerationUpdateLine, VersionRequest
from llama_demo.ui.generate.serializers import serialize_begin, serialize_figures, serialize_verse

PRECISION = 4
"""Decimal places of a log-probability; the page shows percentages."""


class GenerationStream:
    """The growing text of one run.

    Args:
        request: the request.
        source: the version that it continues, if any.
        endings: the tokens by which the model ends a text.

    Attributes:
        text: all lines so far.
    """

    def __init__(
        self,
        request: GenerationRequest,
        *,
        source: VersionRequest | None = None,
        endings: frozenset[int] = frozenset(),
    ) -> None:
        self._endings = endings
        self._is_poem = request.preset == "poem"
        self._sent = len(source.kept) if source else 0
        self._plain = 0  # characters of a text without tokens that were sent
        self._run: str | None = None
        self.text = serialize_begin(secrets.token_hex(8), request, source=source).line()

    def add(self, update: GenerationUpdate) -> str:
        """The lines with what is new in ``update``."""
        tokens = update.tokens[self._sent :]
        self._sent += len(tokens)
        reason = update.info.get("finish_reason")
        run = update.run_id if update.run_id != self._run else None
        self._run = update.run_id
        self.text += GenerationUpdateLine(
            tokens=[self._token(token) for token in tokens] or None,
            run=run or None,
            plain=self._without_tokens(update),
            quotes=list(update.quotes) or None,
            verse=serialize_verse(update.text) if reason and self._is_poem else None,
            figures=serialize_figures(update.info),
            end=str(reason) if reason else None,
        ).line()
        return self.text

    def _without_tokens(self, update: GenerationUpdate) -> str | None:
        """What is new of a text whose tokens are not known, as some servers do not tell them."""
        if update.tokens or update.quotes:
            return None
        new, self._plain = update.text[self._plain :], len(update.text)
        return new or None

    def broken(self) -> str:
        """The lines of a run that failed; the text so far stays."""
        self.text += GenerationUpdateLine(end="failed").line()
        return self.text

    def _token(self, token: Token) -> tuple[int, str, float, list[Choice], float]:
        choices = [
            (choice.id, choice.text, round(choice.logprob, PRECISION), choice.id in self._endings)
            for choice in token.choices
        ]
        return token.id, token.text, round(token.logprob, PRECISION), choices, round(token.peak, PRECISION)


def stream_of_runs(versions: Sequence[Run], shown: str) -> str:
    """The lines of all versions of a run of the history; the page shows the one with the id ``shown``."""
    lines = [_stored(run, first=number == 0) for number, run in enumerate(versions)]
    return "".join([*lines, GenerationUpdateLine(show=shown).line()])


def _stored(run: Run, *, first: bool) -> str:
    options = run.options
    request = GenerationRequest(
        run.input,
        preset=str(options.get("preset", "free")),
        form=str(options.get("form", "")),
        theme=str(options.get("theme", "")),
        model=str(options.get("model", "")),
    )
    tokens: list[tuple[int, str, float, list[Choice], float]] = [
        (number, text, logprob, [], peak)
        for (text, number, logprob), peak in zip(run.trace, _peaks(run), strict=True)
    ]
    update = GenerationUpdateLine(
        tokens=tokens or None,
        plain=None if run.trace else run.output,
        verse=serialize_verse(run.output) if request.preset == "poem" else None,
        run=run.id,
        figures=serialize_figures({"model": run.model, **run.timings}),
        end=run.timings.get("finish_reason", run.status),
    )
    return serialize_begin(run.id + secrets.token_hex(4), request, first=first).line() + update.line()


def _peaks(run: Run) -> Sequence[float]:
    """The stored peak of each token; zeros for a run without them, or with others, as an import may have."""
    peaks = run.timings.get("peaks")
    if isinstance(peaks, list) and len(peaks) == len(run.trace) and all(type(one) is float for one in peaks):
        return peaks
    return [0.0] * len(run.trace)
