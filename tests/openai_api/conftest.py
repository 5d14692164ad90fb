"""The API alone, on a port of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette

from llama_demo.openai_api.access import ApiAccess
from llama_demo.openai_api.api import OpenAiApi
from llama_demo.services.admission import Admission, CallLimits
from llama_demo.services.completions import CompletionService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import resolve
from llama_demo.tasks.embed import Embeddings, embed
from llama_demo.ui.texts import catalogue

ServeApi = Callable[..., str]


@pytest.fixture
def serve_api() -> Iterator[ServeApi]:
    """Serves the API of some models until the end of the test, and returns its address."""
    with ExitStack() as opened:
        yield lambda models, **choices: opened.enter_context(api_of(models, **choices))


@contextmanager
def api_of(
    models: Models,
    *,
    public: bool = False,
    key: str = "",
    calls: int = 0,
    moderation: Moderation | None = None,
) -> Iterator[str]:
    """Serve the API during the block."""

    def embeddings(texts: Sequence[str], model: str) -> Embeddings:
        return embed(models.encoder(model), texts)

    api = OpenAiApi(
        models,
        CompletionService(models, moderation or Moderation()),
        embeddings,
        ApiAccess(public=public, key=key),
        visit_of=lambda _: resolve(public=public),
        admission=Admission(CallLimits(total=calls)),
        sentence=lambda error, _: catalogue("en").error(error, plain_names=True),
    )
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=api.routes()), port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    server.should_exit = True
    thread.join(10)
