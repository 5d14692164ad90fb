"""``/generate``: continue a text."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from llama_demo.services.generation import GenerationRequest
from llama_demo.services.visits import Visit
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services


def register(services: Services, handlers: Handlers) -> None:
    """Register the endpoint."""

    def generate(
        visit: Visit,
        prompt: str,
        preset: str = "free",
        max_new_tokens: int = 200,
        temperature: float = 0.8,
        top_k: int = 50,
        top_p: float = 0.95,
        min_p: float = 0.0,
        repetition_penalty: float = 1.0,
        seed: int = -1,
        stop: str = "",
        model: str = "",
        form: str = "",
        theme: str = "",
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Continue a text. Streams the continuation so far, without the prompt, and figures about it.

        The last figures carry finish_reason: length, stop, end or stopped.

        Args:
            prompt: The text to continue, or what the preset asks for.
            preset: free sends the prompt as it is; story, poem, summary and others put it into a request.
            max_new_tokens: Tokens after which the text is cut off.
            temperature: 0 always takes the likeliest token; higher values draw more daringly, up to 2.
            top_k: Draw among this many likeliest tokens; 0 for all.
            top_p: Draw among the likeliest tokens that together have this probability.
            min_p: Leave out tokens less probable than this share of the likeliest one.
            repetition_penalty: Above 1 makes tokens that have occurred less probable.
            seed: The same seed draws the same text; -1 draws a seed and reports it.
            stop: Stop strings, one a line.
            model: Name of a model, as /models has it; empty for the default one.
            form: Of a poem, such as 五言绝句.
            theme: Of a poem, such as 月亮.

        Returns:
            text: The continuation so far.
            info: Figures about it.
        """
        options = GenerateOptions(
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            min_p=min_p,
            repetition_penalty=repetition_penalty,
            seed=seed,
            stop=stop,
        )
        stream = services.generation.write(
            visit, GenerationRequest(prompt, preset=preset, form=form, theme=theme, model=model), options
        )
        with closing(stream):  # type: ignore[type-var]
            for update in stream:
                yield update.text, update.info

    handlers.offer(generate)
