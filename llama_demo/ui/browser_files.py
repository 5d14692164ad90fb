"""Scripts, style, texts and markup, served as files that the browser caches.

They lie under ``browser/<version>/``, where the version is a hash of all of them, so a file may be cached
for ever and a new version of the app is loaded anew. An import map names the folder of the scripts ``app/``;
with it the script of a component is one line, which does not change with the version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from llama_demo.settings import ASSETS
from llama_demo.ui.stylesheet import files as css_files
from llama_demo.ui.stylesheet import stylesheet
from llama_demo.ui.texts import LANGUAGES, TAGS, catalogue

SCRIPTS = ASSETS / "js"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
NO_MARKUP = " "
"""Value of a component whose markup is inserted by its module."""

MOUNT = 'import("app/index.js").then(({ mount }) => mount("%s", { element, trigger, props, server, watch }));'


class BrowserFiles:
    """The files of one server, and the components that are drawn by its scripts."""

    def __init__(self) -> None:
        self._markup: dict[str, str] = {}

    def component(
        self,
        module: str,
        *,
        markup: str = "",
        value: str = "",
        id: str | None = None,
        classes: str = "",
        functions: list[Callable[..., Any]] | None = None,
        **props: Any,
    ) -> gr.HTML:
        """A component that a script draws.

        Args:
            module: ``tab/component``, which ``assets/js/tab/index.js`` exports.
            markup: its HTML, in a cached file for the script. Without it Gradio draws the value.
            value: the first value.
            id: of its element.
            classes: of its element, with spaces between.
            functions: its server functions, from :meth:`~llama_demo.ui.handlers.Handlers.functions`.
            props: further properties for the script.
        """
        if markup:
            key = hashlib.sha256(markup.encode()).hexdigest()[:12]
            self._markup[key] = markup
            props |= {"html_template": NO_MARKUP, "markup": key}
        return gr.HTML(
            value,
            elem_id=id,
            elem_classes=classes.split(),
            apply_default_css=False,
            js_on_load=MOUNT % module,
            server_functions=functions,
            **props,
        )

    def routes(self) -> list[BaseRoute]:
        """The route of all files."""
        base = f"/browser/{self.version}"

        async def script(request: Request) -> Response:
            path = (SCRIPTS / request.path_params["path"]).resolve()
            if not path.is_relative_to(SCRIPTS) or path.suffix != ".js" or not path.is_file():
                return Response(status_code=404)
            return FileResponse(path, media_type="text/javascript", headers=FOREVER)

        def content(name: str) -> Route:
            media_type = "text/css" if name.endswith(".css") else "application/json"

            async def answered(_: Request) -> Response:
                return Response(self._contents[name], media_type=media_type, headers=FOREVER)

            return Route(f"{base}/{name}", answered)

        return [Route(f"{base}/js/{{path:path}}", script), *map(content, self._contents)]

    def head(self) -> str:
        """Lines of the page's head that load the files early, before Gradio needs them."""
        base = f"./browser/{self.version}"
        imports = json.dumps({"imports": {"app/": f"{base}/js/"}})
        modules = [f"{base}/js/{path.relative_to(SCRIPTS).as_posix()}" for path in _modules()]
        entries = [one for one in modules if one.endswith("/index.js")]
        return "\n".join(
            (
                f'<script type="importmap">{imports}</script>',
                *(
                    f'<link rel="preload" as="fetch" crossorigin href="{base}/{name}">'
                    for name in self._contents
                ),
                *(f'<link rel="modulepreload" href="{one}">' for one in modules),
                *(f'<script type="module" src="{one}"></script>' for one in entries),
            )
        )

    @cached_property
    def version(self) -> str:
        """A hash of all files; call it after all components are made."""
        everything = hashlib.sha256()
        for path in _modules():
            everything.update(path.read_bytes())
        for text in self._contents.values():
            everything.update(text.encode())
        return everything.hexdigest()[:16]

    @cached_property
    def _contents(self) -> Mapping[str, str]:
        """The generated files, by name."""
        texts = {TAGS[language]: dict(catalogue(language).entries) for language in LANGUAGES}
        return {
            "texts.json": json.dumps(texts, ensure_ascii=False, separators=(",", ":")),
            "templates.json": json.dumps(self._markup, ensure_ascii=False, separators=(",", ":")),
            "style.css": stylesheet(css_files()),
        }


def _modules() -> list[Path]:
    """The ES modules: the folders of the tabs, ``lib``, and the entry point."""
    folders = {path.parent for path in SCRIPTS.glob("*/index.js")} | {SCRIPTS / "lib"}
    return [SCRIPTS / "index.js", *sorted(path for folder in folders for path in folder.glob("*.js"))]
