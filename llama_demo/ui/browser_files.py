"""Scripts, style, texts and markup, served as files that the browser caches.

They lie under ``browser/<version>/``, where the version is a hash of all of them, so a file may be cached
for ever and a new version of the app is loaded anew. An import map names the folder of the scripts ``app/``;
with it the script of a component is one line, which does not change with the version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from llama_demo.ui.browser_texts import first_and_later
from llama_demo.ui.compression import compressed, encoding_of
from llama_demo.ui.modules import modules, needed
from llama_demo.ui.stylesheet import files as css_files
from llama_demo.ui.stylesheet import stylesheet

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
MEDIA_TYPES = {"js": "text/javascript", "json": "application/json", "css": "text/css"}
NO_MARKUP = " "
"""Value of a component whose markup is inserted by its module."""

MOUNT = 'import("app/index.js").then(({ mount }) => mount("%s", { element, trigger, props, server, watch }));'


class BrowserFiles:
    """The files of one server, and the components that are drawn by its scripts.

    Args:
        first_tab: the tab that is shown first, whose modules are loaded at once.
        public: many visitors load them from afar, so compressing them as far as possible pays. That takes two
            seconds of a processor, in which the first visitor waits.
    """

    def __init__(self, first_tab: str = "generate", *, public: bool = False) -> None:
        self._first_tab = first_tab
        self._public = public
        self._first_folders = ("page", first_tab)
        self._markup: dict[str, tuple[str, str]] = {}

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
            self._markup[key] = module.partition("/")[0], markup
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
        files = {name: _File.of(name, content, best=self._public) for name, content in self._contents.items()}

        async def answer(request: Request) -> Response:
            file = files.get(request.path_params["path"])
            if file is None:
                return Response(status_code=404)
            return await run_in_threadpool(file.response, request.headers.get("accept-encoding", ""))

        return [Route(f"/browser/{self.version}/{{path:path}}", answer)]

    def head(self, early: Sequence[str] = ()) -> str:
        """Lines of the page's head that load the files early, before Gradio needs them.

        Args:
            early: lines that name files which are needed before these. Browsers load six files at a time, in
                the order of the page, and an import map has to come before every module.

        The modules of the first tab are loaded at once; without ``async`` Gradio's own, which stand further
        below, would wait for them. Those of the others are listed for
        ``lib/preload.js``, which loads them when the page is idle, or when their tab is opened.
        """
        base = f"./browser/{self.version}"
        imports = json.dumps({"imports": {"app/": f"{base}/js/"}})
        entries = ["index.js", *(f"{folder}/index.js" for folder in self._first_folders)]
        first = needed(entries, self._modules)
        tabs = sorted(path.removesuffix("/index.js") for path in self._modules if "/index.js" in path)
        later = {
            tab: [path for path in needed([f"{tab}/index.js"], self._modules) if path not in first]
            for tab in tabs
            if tab not in self._first_folders
        }
        made = [name for name in self._made if "/" not in name]
        return "\n".join(
            (
                f'<script type="importmap">{imports}</script>',
                f'<link rel="preload" as="fetch" crossorigin href="{base}/style.css">',  # seen first
                *early,
                *(
                    f'<link rel="preload" as="fetch" crossorigin href="{base}/{name}">'
                    for name in made
                    if name != "style.css"
                ),
                *(f'<link rel="modulepreload" href="{base}/js/{path}">' for path in first),
                *(f'<script type="module" async src="{base}/js/{path}"></script>' for path in entries),
                f'<script id="later-modules" type="application/json">{json.dumps(later)}</script>',
            )
        )

    @cached_property
    def version(self) -> str:
        """A hash of all files; call it after all components are made."""
        everything = hashlib.sha256()
        for content in self._contents.values():
            everything.update(content)
        return everything.hexdigest()[:16]

    @cached_property
    def _contents(self) -> Mapping[str, bytes]:
        """All files, by their path below the version."""
        scripts = {f"js/{path}": source for path, source in self._modules.items()}
        return {name: text.encode() for name, text in self._made.items()} | scripts

    @cached_property
    def _modules(self) -> Mapping[str, bytes]:
        return modules()

    @cached_property
    def _made(self) -> Mapping[str, str]:
        """The generated files, by name; ``later/`` has what the tabs that are not shown first need."""
        texts, later_texts = first_and_later(self._modules.values())
        first = {key: markup for key, (tab, markup) in self._markup.items() if tab in self._first_folders}
        later = {key: markup for key, (_, markup) in self._markup.items() if key not in first}
        return {
            "texts.json": _json(texts),
            "templates.json": _json(first),
            "style.css": stylesheet(css_files()),
            "later/texts.json": _json(later_texts),
            "later/templates.json": _json(later),
        }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _File:
    """A file in memory, compressed once in an encoding, when it is first asked for; Gradio does it each time.

    Args:
        best: compress it as far as possible.
    """

    def __init__(self, content: bytes, media_type: str, *, best: bool) -> None:
        self._media_type = media_type
        self._packed = {"": content}
        self._best = best

    @classmethod
    def of(cls, name: str, content: bytes, *, best: bool) -> _File:
        return cls(content, MEDIA_TYPES[name.rpartition(".")[2]], best=best)

    def response(self, accepted: str) -> Response:
        """The file as the browser takes it.

        Args:
            accepted: its Accept-Encoding; browsers take Brotli over HTTPS and from their own machine.
        """
        encoding = encoding_of(accepted)
        if encoding not in self._packed:
            self._packed[encoding] = compressed(self._packed[""], encoding, best=self._best)
        headers = {**FOREVER, "Content-Encoding": encoding} if encoding else FOREVER
        return Response(self._packed[encoding], media_type=self._media_type, headers=headers)
