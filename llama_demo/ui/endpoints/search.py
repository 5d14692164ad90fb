"""``/search``: passages of the library."""

from typing import Any

from gradio.events import api

from llama_demo.services.visits import Visit
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Handlers


def register(services: Services, handlers: Handlers) -> None:
    """Offer it."""

    def search(
        visit: Visit, query: str, collection: str = "sample", limit: int = 10, mode: str = "hybrid"
    ) -> list[dict[str, Any]]:
        """Find passages of documents, best first.

        mode is hybrid, meaning or words; limit 1 to 100; an empty collection searches all of the caller's
        and the sample. chunk is the passage's place in its document, from 0. score, which the list is
        sorted by, meaning and words lie between 0 and 1; page is null where a format has none.
        """
        found = services.searching.search(visit, query, collection, mode=mode, limit=limit)
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

    api(handlers.endpoint(search), api_name="search")
