"""What each app loads when it starts or for its first visitor, loaded once in the process that all are of."""

from __future__ import annotations

from importlib import import_module

import app  # noqa: F401
from llama_demo.page_languages import PAGE_LANGUAGES
from llama_demo.safety.policy_file import bundled_policy
from llama_demo.text.languages import detect_language
from llama_demo.ui.texts import catalogue

for library in ("gradio.http_server", "uvicorn.protocols.http.auto", "uvicorn.loops.auto", "babel.dates"):
    import_module(library)
for language in PAGE_LANGUAGES:
    catalogue(language)
bundled_policy()
detect_language("Its statistics are unpacked when it looks at the first text.")
