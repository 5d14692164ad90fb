"""``/search``: passages of the library."""

from typing import Any

from llama_demo.services.visits import Visit
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services


def register(services: Services, handlers: Handlers) -> None:
    """Register the endpoint."""

    def search(
        visit: Visit, query: str, collection: str = "sample", limit: int = 10, mode: str = "hybrid"
    ) -> list[dict[str, Any]]:
        """Find passages of documents, best first.

        chunk is its position in the document, from 0. score, which the list is sorted by, meaning and
        words lie between 0 and 1; page is null for formats without pages.

        Args:
            query: What to find, in any language that the embedder knows.
            collection: Name of a collection; empty for all of the caller's and the sample.
            limit: 1 to 100 passages.
            mode: hybrid, meaning or words.

        Returns:
            passages: Those found, best first.
        """
        found = services.search.search(visit, query, collection, mode=mode, limit=limit)
        return [
            {
                "document": hit.document,
                "chunk": hit.place,
                "page": hit.page,
                "heading": hit.heading,
                "text": hit.text,
                "score": hit.score,
                "meaning": hit.meaning,
                "words": hit.words,
            }
            for hit in found.hits
        ]

    handlers.offer(search)
