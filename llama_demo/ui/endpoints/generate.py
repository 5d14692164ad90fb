"""``/generate``: continue a text."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from gradio.events import api

from llama_demo.services.generation import GenerationRequest
from llama_demo.services.visits import Visit
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Handlers


def register(services: Services, handlers: Handlers) -> None:
    """Offer it."""

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

        temperature 0 always takes the likeliest token; seed -1 draws one and reports it; stop holds one
        stop string a line; form and theme are a poem's, such as 五言绝句 and 月亮.
        The last figures carry finish_reason: length, stop, end or stopped.
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
        stream = services.writing.write(
            visit, GenerationRequest(prompt, preset=preset, form=form, theme=theme, model=model), options
        )
        with closing(stream):  # type: ignore[type-var]
            for update in stream:
                yield update.text, update.info

    api(handlers.endpoint(generate), api_name="generate")
