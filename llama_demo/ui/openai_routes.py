"""The models in the form of OpenAI's API, with the callers, the limits and the sentences of the page."""

from __future__ import annotations

from starlette.requests import Request

from llama_demo.errors import DemoError
from llama_demo.openai_api.access import ApiAccess
from llama_demo.openai_api.api import OpenAiApi
from llama_demo.page_languages import FALLBACK
from llama_demo.services.completions import CompletionService
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit, language_of
from llama_demo.settings import Settings
from llama_demo.ui.calls import Caller, CallReader
from llama_demo.ui.texts import catalogue


def openai_api(
    models: Models,
    completions: CompletionService,
    search: SearchService,
    calls: CallReader,
    settings: Settings,
) -> OpenAiApi:
    """The models in the form of OpenAI's API. Its calls have no owner: nothing of them is stored."""

    def visit_of(request: Request) -> Visit:
        address = calls.caller(request).address
        return calls.visit("", FALLBACK, save=False, page="openai_api", caller=Caller(address))

    def sentence(error: DemoError, request: Request) -> str:
        language = language_of(request.headers.get("accept-language", "")) or FALLBACK
        return catalogue(language).error(error, plain_names=True)

    key = settings.api_key.get_secret_value()
    access = ApiAccess(public=settings.is_public, key=key)
    return OpenAiApi(models, completions, search.embeddings, access, visit_of, calls.admission, sentence)
