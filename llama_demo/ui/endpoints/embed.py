"""``/embed``: texts as vectors."""

from llama_demo.services.visits import Visit
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services


def register(services: Services, handlers: Handlers) -> None:
    """Register the endpoint."""

    def embed(_: Visit, texts: list[str], model: str = "") -> list[list[float]]:
        """Vectors of length 1 of some texts; the product of two of them is the similarity of their texts.

        Args:
            texts: At most 1,000; one without words becomes a vector of zeros.
            model: Name of an embedding model, as /models has it; empty for the default one.

        Returns:
            vectors: One for each text, in their order.
        """
        vectors: list[list[float]] = services.search.vectors(texts, model).tolist()
        return vectors

    handlers.offer(embed)
