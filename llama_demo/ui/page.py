"""The page: a head, and the tabs of the registry.

A new tab is a folder whose ``tab.py`` has a ``build(context)``, and one entry in :data:`TABS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup
from starlette.routing import Route

from llama_demo.errors import DemoError
from llama_demo.page_languages import PAGE_LANGUAGES
from llama_demo.services.admission import CallLimits
from llama_demo.settings import ASSETS, Settings
from llama_demo.ui import endpoints, markup, temporary
from llama_demo.ui.ask import tab as ask
from llama_demo.ui.browser_files import BrowserFiles
from llama_demo.ui.calls import Call, CallReader
from llama_demo.ui.configuration import PageBlocks
from llama_demo.ui.generate import tab as generate
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.history import tab as history
from llama_demo.ui.hood import tab as hood
from llama_demo.ui.labels import Label, Labels
from llama_demo.ui.models import tab as models
from llama_demo.ui.running import running_model
from llama_demo.ui.safety import tab as safety
from llama_demo.ui.search import tab as search
from llama_demo.ui.server import AccountServer
from llama_demo.ui.tab_context import Services, TabContext, TabParts
from llama_demo.ui.translate import tab as translate

TITLE = "llama demo"


@dataclass(frozen=True)
class TabEntry:
    """A tab of the page; its title is the text ``tab.<name>``."""

    name: str
    build: Callable[[TabContext], TabParts]


TABS: Sequence[TabEntry] = (
    TabEntry("generate", generate.build),
    TabEntry("translate", translate.build),
    TabEntry("ask", ask.build),
    TabEntry("search", search.build),
    TabEntry("hood", hood.build),
    TabEntry("models", models.build),
    TabEntry("safety", safety.build),
    TabEntry("history", history.build),
)


@dataclass(frozen=True)
class Page:
    """The page, with its routes and scripts for the launch."""

    blocks: gr.Blocks
    i18n: gr.I18n
    routes: Sequence[Route]
    browser: BrowserFiles
    calls: CallReader


def build(services: Services, settings: Settings, *, notices: Sequence[DemoError] = ()) -> Page:
    """Make the page.

    Args:
        services: the use cases behind it.
        settings: for public mode.
        notices: errors at the start, shown above every tab.
    """
    labels, browser = Labels(), BrowserFiles(TABS[0].name, public=settings.is_public)
    handlers = _handlers(services, settings)
    with PageBlocks(
        title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(600, 1800)
    ) as blocks:
        handlers.place()
        shown, switch = _head(services, browser, handlers)
        temporary.line()
        problem = _notices(notices)
        context = TabContext(
            services=services, labels=labels, handlers=handlers, browser=browser, running=shown
        )
        routes = _tabs(context)
        _footer(services, settings, context)
        _bind_switch(handlers, labels, switch, problem)
        endpoints.register(services, handlers)
    return Page(blocks, labels.first_paint(), routes, browser, handlers.calls)


def _handlers(services: Services, settings: Settings) -> Handlers:
    limits = settings.limits
    return Handlers(
        public=settings.is_public,
        behind_proxy=settings.is_behind_proxy,
        limits=CallLimits(limits.visitor_calls, limits.address_calls, limits.total_calls),
        origins=settings.origins,
        operators=settings.operator_names,
        visited=services.expiry.note,
    )


def _head(services: Services, browser: BrowserFiles, handlers: Handlers) -> tuple[gr.HTML, gr.HTML]:
    """Make the head: name, running model, switches of temporary mode and language."""
    glyph = Markup((ASSETS / "icons" / "llama.svg").read_text(encoding="utf-8"))  # noqa: S704  (our own file)
    with gr.Row(elem_classes=["head"]):
        markup.piece("brand.html", glyph=glyph, classes="head-brand")
        shown = running_model(services, browser, handlers)
        temporary.switch(browser)
        switch = browser.component(
            "page/language",
            markup=markup.render("switch.html", languages=PAGE_LANGUAGES),
            id="language",
            classes="head-switch",
        )
    return shown, switch


def _notices(notices: Sequence[DemoError]) -> gr.HTML:
    sentences = [markup.problem(notice) for notice in notices]
    return markup.piece("start_notice.html", id="page-notice", classes="notice", sentences=sentences)


def footer_html(settings: Settings, elsewhere: Sequence[str]) -> str:
    """The foot of the page: where texts go, what becomes of the history, and the link to the API view.

    Args:
        settings: of the program.
        elsewhere: tasks that another server does.
    """
    return markup.render(
        "footer.html",
        elsewhere=elsewhere,
        computed=settings.computed,
        copied=settings.copy_folder is not None,
        public=settings.is_public,
        signs_in=settings.signs_in,
        days=settings.limits.keep_days,
    )


def _footer(services: Services, settings: Settings, context: TabContext) -> None:
    """Make the foot, with the sign-in of a Space."""
    filled = footer_html(settings, [one.task for one in services.backend.entries])
    functions = context.handlers.functions(AccountServer(services)) if settings.signs_in else None
    context.browser.component("page/footer", markup=filled, id="foot", functions=functions)


def _tabs(context: TabContext) -> list[Route]:
    """Build every tab, then wire them with each other; returns the routes of all."""
    built: list[tuple[TabEntry, gr.Tab, TabParts]] = []
    with gr.Tabs(overflow_behavior="wrap") as tabs:
        for entry in TABS:
            with context.labels.make(gr.Tab, label=Label(f"tab.{entry.name}"), id=entry.name) as tab:
                built.append((entry, tab, entry.build(context)))
    reopenings = [(entry.name, parts.reopening) for entry, _, parts in built if parts.reopening]
    for _, tab, parts in built:
        if parts.wire:
            parts.wire(tabs, tab, reopenings)
    return [route for _, _, parts in built for route in parts.routes]


def _bind_switch(handlers: Handlers, labels: Labels, switch: gr.HTML, problem: gr.HTML) -> None:
    """Send all labels again when a visitor chooses a language; typed values stay."""

    def switching(call: Call) -> tuple[Any, ...]:
        return tuple(labels.updates(call.visit.language))

    handlers.on(switch.select, switching, outputs=labels.components, notice=problem)
