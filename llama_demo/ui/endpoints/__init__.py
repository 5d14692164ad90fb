"""The endpoints for programs, a file each; their names, parameters and results are stable.

Client("http://127.0.0.1:7860").predict("Once upon a time", api_name="/generate")
"""

from collections.abc import Callable, Sequence

from llama_demo.ui.endpoints import add_documents, ask, embed, generate, history, models, search, translate
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services

ENDPOINTS: Sequence[Callable[[Services, Handlers], None]] = (
    add_documents.register,
    ask.register,
    embed.register,
    generate.register,
    history.register,
    models.register,
    search.register,
    translate.register,
)


def register(services: Services, handlers: Handlers) -> None:
    """Register every endpoint; call it inside the page's Blocks."""
    for one in ENDPOINTS:
        one(services, handlers)
