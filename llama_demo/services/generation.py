"""Text generation for visitors: runs the model, records the run, stops it on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial

from llama_demo.errors import DemoError
from llama_demo.services.history.runs import RunRecording, RunService
from llama_demo.services.moderation import Moderation, OutputCheck
from llama_demo.services.stop_registry import StopRegistry
from llama_demo.services.visits import Visit
from llama_demo.services.writer import TextStream, Writer
from llama_demo.services.writers import TRAINED, Writers
from llama_demo.tasks.declining import check_continuable, without_declining
from llama_demo.tasks.generate import GenerateOptions, Token
from llama_demo.tasks.guidance import Guidance
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.poem_request import PoemRequest, parse_poem_request, poem_guidance
from llama_demo.tasks.presets import preset_named
from llama_demo.tasks.prompts import Fill, Prompt, prompt_for
from llama_demo.tasks.summarise import summarise

TAB = "generate"
"""Where the content policy finds what this service writes."""

# Alternatives that are shown with each token.
ALTERNATIVES = 8


@dataclass(frozen=True)
class GenerationRequest:
    """A request to write.

    Attributes:
        text: what was typed.
        preset: a name of :data:`~llama_demo.tasks.presets.PRESETS`.
        form, theme: of a poem.
        model: a name as :class:`~llama_demo.services.writers.Writers` finds it; the active one if empty.
    """

    text: str
    preset: str = "free"
    form: str = ""
    theme: str = ""
    model: str = ""


@dataclass(frozen=True)
class GenerationUpdate:
    """How far a run has come.

    Attributes:
        text: the continuation so far.
        tokens: the tokens of ``text``; empty for a summary that quotes.
        info: the figures of the endpoint's response: ``tokens``, ``tokens_per_second``,
            ``first_token_ms``, ``model``, ``seed``, and ``finish_reason`` in the last one.
        run_id: of its row in the history; ``None`` if the visit keeps none.
        waiting: number of runs before this one in the queue.
        warning: the error that kept the history from being written, else what the content policy says about
            the request, if anything.
        quotes: spans of the sentences of ``text`` in the request, if they are quoted from it.
    """

    text: str = ""
    tokens: tuple[Token, ...] = ()
    info: dict[str, object] = field(default_factory=dict)
    run_id: str | None = None
    waiting: int = 0
    warning: DemoError | None = None
    quotes: tuple[tuple[int, int], ...] = ()


class GenerationService:
    """Continues texts for visitors and records each run."""

    def __init__(self, writers: Writers, runs: RunService, moderation: Moderation) -> None:
        self._writers = writers
        self._runs = runs
        self._moderation = moderation
        self._stops = StopRegistry()

    def prompt(self, visit: Visit, request: GenerationRequest) -> tuple[Prompt, Fill | None]:
        """The prompt of a request, and how much of the model's context it takes, if that is known.

        Raises:
            DemoError: what :meth:`write` would raise before its first update.
        """
        writer = self._writers.writer(request.model, visit)
        prompt = _prompt(writer, request)
        return prompt, writer.fill(prompt)

    def quotes(self, visit: Visit, request: GenerationRequest) -> bool:
        """Whether sentences of the request are quoted, because the model lacks the ability."""
        return _quotes(self._writers.writer(request.model, visit), request)

    def endings(self, visit: Visit, name: str = "") -> frozenset[int]:
        """The tokens by which the model ends a text."""
        return self._writers.writer(name, visit).end_ids

    def write(
        self,
        visit: Visit,
        request: GenerationRequest,
        options: GenerateOptions,
        *,
        kept: Sequence[Token] = (),
        key: str = "",
        origin: str | None = None,
    ) -> Iterator[GenerationUpdate]:
        """Write what was asked for. Closing the iterator stops the model and marks the run as stopped.

        Args:
            kept: tokens to continue from: those of an earlier text, or its beginning with another token in
                place of the one that the model chose.
            key: names this run for :meth:`stop`.
            origin: the id of the run that this is another version of.

        Raises:
            DemoError: before the first update for an invalid request or one that the content policy refuses,
                later if the model fails or writes what the policy refuses.
        """
        writer = self._writers.writer(request.model, visit)
        notice = self._moderation.check_prompt(visit, TAB, request.text, request.theme)
        if _quotes(writer, request):
            yield self._quoted(visit, request, origin, notice)
            return
        generation = writer.start(
            _prompt(writer, request),
            options,
            kept=kept,
            alternatives=ALTERNATIVES,
            guide=partial(_guidance, request),
        )
        settings = {**asdict(options), **_settings(request), "seed": generation.seed}
        recording = self._runs.record(
            visit, task="generate", model=writer.name, input=request.text, options=settings, origin=origin
        )
        with self._stops.register(key, generation.stop), recording:
            check = self._moderation.output_check(visit, TAB, request.text)
            yield from self._updates(generation, recording, writer.name, kept, notice, check)

    def stop(self, key: str) -> bool:
        """End the run that was begun under ``key``; returns whether there was one."""
        return self._stops.stop(key)

    def _quoted(
        self, visit: Visit, request: GenerationRequest, origin: str | None, notice: DemoError | None
    ) -> GenerationUpdate:
        """A summary of quoted sentences. No model writes it, so none is named."""
        sentences = summarise(request.text)
        text = "\n".join(sentence.text for sentence in sentences)
        info: dict[str, object] = {
            "tokens": 0,
            "tokens_per_second": 0.0,
            "first_token_ms": None,
            "model": "",
            "seed": -1,
            "finish_reason": "end",
        }
        recording = self._runs.record(
            visit, task="generate", model="", input=request.text, options=_settings(request), origin=origin
        )
        recording.finish("done", text, info)
        places = tuple((sentence.start, sentence.end) for sentence in sentences)
        return GenerationUpdate(
            text,
            info=info,
            run_id=recording.id,
            warning=recording.warning or notice,
            quotes=places,
        )

    def _updates(
        self,
        generation: TextStream,
        recording: RunRecording,
        model: str,
        kept: Sequence[Token],
        notice: DemoError | None,
        check: OutputCheck,
    ) -> Iterator[GenerationUpdate]:
        text, tokens = "".join(token.text for token in kept), tuple(kept)
        info: dict[str, object] = {
            "tokens": 0,
            "tokens_per_second": 0.0,
            "first_token_ms": None,
            "model": model,
            "seed": generation.seed,
        }
        yield GenerationUpdate(
            text, tokens, info, recording.id, generation.waiting, recording.warning or notice
        )
        try:
            for piece in generation:
                refusal = check.refusal(text + piece.text, complete=piece.finish_reason is not None)
                if refusal is not None:
                    recording.finish("stopped", text, _figures(info, tokens), trace=_trace(tokens))
                    raise refusal
                text, tokens = text + piece.text, tokens + piece.tokens
                info = {**info, **piece.figures}
                if piece.finish_reason is None:
                    recording.progress(text)
                else:
                    status = "stopped" if piece.finish_reason == "stopped" else "done"
                    recording.finish(status, text, _figures(info, tokens), trace=_trace(tokens))
                yield GenerationUpdate(
                    text, tokens, info, recording.id, generation.waiting, recording.warning or notice
                )
        except GeneratorExit:  # the caller left; the text so far is stored with its tokens
            recording.finish("stopped", text, _figures(info, tokens), trace=_trace(tokens))
            raise


def prompt_of(model: LanguageModel, request: GenerationRequest) -> Prompt:
    """The prompt of a request; raises as :func:`~llama_demo.tasks.prompts.prompt_for`."""
    return prompt_for(model, preset_named(request.preset), request.text, poem=_poem(request))


def _prompt(writer: Writer, request: GenerationRequest) -> Prompt:
    return writer.prompt(preset_named(request.preset), request.text, poem=_poem(request))


def _poem(request: GenerationRequest) -> PoemRequest | None:
    """The poem that is asked for; ``None`` for other texts."""
    if request.preset != "poem":
        return None
    return parse_poem_request(request.text, form=request.form, theme=request.theme)


def _guidance(
    request: GenerationRequest, model: LanguageModel, prompt: Prompt, forced: Sequence[int]
) -> Guidance:
    """The rules of verse for a model that learned poems; for other presets, that it does not decline.

    Raises:
        InputError: the model would decline to continue the prompt.
    """
    if not prompt.answers and not forced:
        check_continuable(model, prompt)
    ability = preset_named(request.preset).ability_of(model.abilities)
    poem = _poem(request)
    if poem is not None and ability == "poem":
        return poem_guidance(model, poem, forced)
    return without_declining(model) if ability is not None and not forced else Guidance()


def _quotes(writer: Writer, request: GenerationRequest) -> bool:
    preset = preset_named(request.preset)
    return preset.quotes and preset.ability_of(writer.abilities) is None


def _trace(tokens: Sequence[Token]) -> list[tuple[str, int, float]]:
    """The tokens as the history stores them."""
    return [(token.text, token.id, round(token.logprob, 4)) for token in tokens]


def _figures(info: Mapping[str, object], tokens: Sequence[Token]) -> dict[str, object]:
    """The figures as the history stores them; the peaks of a poem let its colours be drawn again."""
    peaks = [round(token.peak, 4) for token in tokens]
    return {**info, "peaks": peaks} if any(peaks) else dict(info)


def _settings(request: GenerationRequest) -> dict[str, object]:
    """The options of a request that are needed to open its run again."""
    trained = {"model": request.model} if request.model.startswith(TRAINED) else {}
    return {"preset": request.preset, "form": request.form, "theme": request.theme, **trained}
