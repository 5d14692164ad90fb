"""The History tab: runs by day, to be found, rated, annotated, opened again, exported and deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby, islice
from typing import Any

import gradio as gr
from markupsafe import Markup

from llama_demo.errors import DemoError
from llama_demo.services.history.exports import FORMS
from llama_demo.services.history.imports import LARGEST_FILE
from llama_demo.services.history.runs import LONGEST_NOTE, TASKS, Run, VersionNumber
from llama_demo.settings import ASSETS
from llama_demo.ui import markup
from llama_demo.ui.calls import Call
from llama_demo.ui.history import files
from llama_demo.ui.history.schemas import HistoryFilter, RunActionRequest
from llama_demo.ui.schemas import parse
from llama_demo.ui.tab_context import Reopening, Services, TabContext, TabParts

PAGE = 20
"""Runs that each click on "more" adds."""

MOST = 1_000
"""Most runs of the list; programs can read further ones."""

LONGEST_LINE = 160
"""Characters of an input or an output in the list."""


GONE = ("run_unknown", "deletion_incomplete", "copy_incomplete")
"""Errors after which a listed run is no longer in the history."""


def build(context: TabContext) -> TabParts:
    """Make filters and list; events are bound when all tabs exist, as runs open in other tabs."""
    runs, on = context.services.runs, context.handlers.on
    markup.piece("history_title.html", public=context.handlers.public)
    notice = markup.piece("nothing.html", id="history-notice", classes="notice")
    filters = context.browser.component(
        "history/filter", markup=_filters(), value="{}", id="history-filter", largest=LARGEST_FILE
    )
    entries = context.browser.component("history/list", id="history")

    def wire(tabs: gr.Tabs, tab: gr.Tab, reopenings: Sequence[tuple[str, Reopening]]) -> None:
        elsewhere = [output for _, reopening in reopenings for output in reopening.outputs]

        def listing(call: Call, chosen: str) -> tuple[Any, ...]:
            return (_list(context.services, call, read_filter(chosen), PAGE),)

        def acting(call: Call, chosen: str) -> Iterator[tuple[Any, ...]]:
            request, narrowed = parse(RunActionRequest, call.event), read_filter(chosen)
            count = max(PAGE, min(request.shown, MOST))
            others = [gr.skip()] * (len(elsewhere) + 1)
            try:
                if request.act == "open":
                    versions = runs.versions(call.visit, request.id)
                    yield gr.skip(), *_reopened(versions, request.id, reopenings)
                else:
                    _act(context.services, call, request)
                    count += PAGE if request.act == "more" else 0
                    yield _list(context.services, call, narrowed, count), *others
            except DemoError as failure:
                # The list still shows the deleted run; a reload would also discard a typed note.
                if failure.key in GONE and request.act != "note":
                    yield _list(context.services, call, narrowed, count), *others
                raise

        bindings: dict[str, Any] = {"inputs": [filters], "notice": notice}
        on(tab.select, listing, outputs=[entries], **bindings)
        on(filters.select, listing, outputs=[entries], trigger_mode="always_last", **bindings)
        on(entries.select, acting, outputs=[entries, tabs, *elsewhere], **bindings)

    return TabParts(wire=wire, routes=files.routes(runs, context.handlers))


def read_filter(value: str) -> HistoryFilter:
    """The filter in the value of its component, which is JSON."""
    try:
        values = json.loads(value)
    except (TypeError, ValueError, RecursionError):
        values = None
    return parse(HistoryFilter, values if isinstance(values, dict) else {})


def _filters() -> str:
    return markup.render(
        "history_filter.html",
        tasks=TASKS,
        forms=FORMS,
        up=_thumb(1),
        down=_thumb(-1),
        limit=LARGEST_FILE,
    )


def _act(services: Services, call: Call, request: RunActionRequest) -> None:
    """Perform an action of the list."""
    runs, visit = services.runs, call.visit
    match request.act:
        case "delete":
            services.erasure.delete_run(visit, request.id)
        case "delete_history":
            services.erasure.delete_history(visit)
        case "delete_all":
            services.erasure.delete_everything(visit)
        case "rate":
            runs.rate(visit, request.id, request.value)
        case "note":
            runs.annotate(visit, request.id, request.text.strip())


def _reopened(versions: Sequence[Run], run_id: str, reopenings: Sequence[tuple[str, Reopening]]) -> list[Any]:
    """The tab to show, and the values of all components that show runs."""
    run = next(version for version in versions if version.id == run_id)
    updates: list[Any] = [gr.skip()]
    for name, reopening in reopenings:
        if reopening.task == run.task:
            updates[0] = gr.Tabs(selected=name)
            updates += reopening.versions(run, versions) if reopening.versions else reopening.updates(run)
        else:
            updates += [gr.skip()] * len(reopening.outputs)
    return updates


def _list(services: Services, call: Call, narrowed: HistoryFilter, count: int) -> str:
    """The newest ``count`` runs that the filter leaves, grouped by the visitor's days, as HTML."""
    runs = services.runs
    chosen = narrowed.runs(call.zone)
    newest = list(islice(runs.every(call.visit, **chosen), count))
    total = runs.count(call.visit, **chosen)
    names, places = runs.names(call.visit), runs.places(call.visit, newest)
    several = len({task for task, _ in names}) > 1
    today = datetime.now(call.zone).date()
    days = [
        {
            "title": day_name(day, today),
            "entries": [_entry(run, call, places, task=several) for run in of_day],
        }
        for day, of_day in groupby(newest, key=lambda run: run.created.astimezone(call.zone).date())
    ]
    return markup.render(
        "history.html",
        days=days,
        narrowed=narrowed.is_set,
        conversations=0 if newest else services.conversations.count(call.visit),
        has_more=services.erasure.has_more(call.visit),
        counted=_counted(total, narrowed=narrowed.is_set),
        more=len(newest) < min(total, MOST),
        tasks=sorted({task for task, _ in names}),
        models=json.dumps(sorted({model for _, model in names if model}), ensure_ascii=False),
        forms=FORMS,
        longest_note=LONGEST_NOTE,
        icons={name: _icon(name) for name in ("note", "export", "bin")},
    )


def _counted(total: int, *, narrowed: bool) -> Markup:
    """The number of runs, or of those that the filter leaves, as HTML."""
    key = "history.found" if narrowed else "history.count"
    return markup.words(f"{key}.one") if total == 1 else markup.words(key, count=f"{total:,}")


def _entry(run: Run, call: Call, places: Mapping[str, VersionNumber], *, task: bool) -> dict[str, object]:
    return {
        "place": places.get(run.id),
        "id": run.id,
        "created": run.created.isoformat(timespec="seconds"),
        "time": run.created.astimezone(call.zone).strftime("%H:%M"),
        "status": run.status,
        "task": run.task if task and run.task in TASKS else "",
        "model": run.model,
        "input": first_line(run.input),
        "output": first_line(run.output),
        "edits": run.edits,
        "unanswered": run.timings.get("answerable") is False and not run.output.strip(),
        "note": run.note,
        "in_conversation": bool(run.conversation),
        "thumbs": [
            {
                "name": name,
                "picture": _thumb(value),
                "pressed": run.rating == value,
                "value": 0 if run.rating == value else value,
            }
            for name, value in (("good", 1), ("bad", -1))
        ],
    }


def _thumb(rating: int) -> Markup:
    """The icon of a thumb, up or down."""
    return Markup('<span class="thumb-{}">{}</span>').format("up" if rating > 0 else "down", _icon("thumb"))


@cache
def _icon(name: str) -> Markup:
    return Markup((ASSETS / "icons" / f"{name}.svg").read_text(encoding="utf-8"))  # noqa: S704  (our own file)


def first_line(text: str) -> str:
    """The first line that is not empty, cut to :data:`LONGEST_LINE`."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def day_name(day: date, today: date) -> Markup:
    """The name of a day, such as "Today", as HTML."""
    if day == today:
        return markup.words("history.today")
    if day == today - timedelta(days=1):
        return markup.words("history.yesterday")
    return markup.words(
        "history.day",
        year=day.year,
        month=lambda texts: texts(f"month.{day.month}"),
        day=day.day,
        weekday=lambda texts: texts(f"weekday.{day.isoweekday()}"),
    )
