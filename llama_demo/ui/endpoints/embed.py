"""``/embed``: texts as vectors."""

from gradio.events import api

from llama_demo.services.visits import Visit
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Handlers


def register(services: Services, handlers: Handlers) -> None:
    """Offer it."""

    def embed(_: Visit, texts: list[str], model: str = "") -> list[list[float]]:
        """Vectors of length 1 of some texts; the product of two of them is the similarity of their texts.

        At most 1,000 texts; one in which there is nothing to read is all zeros.
        """
        vectors: list[list[float]] = services.searching.vectors(texts, model).tolist()
        return vectors

    api(handlers.endpoint(embed), api_name="embed")
