"""The wrapper of an endpoint for programs: checks parameters and converts failures.

``handler(visit, ...)`` becomes ``handler(..., visitor, save)``. Values are checked against the annotations,
and every failure becomes a :class:`gradio.Error` in the caller's language.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import gradio as gr
from gradio.components import Component
from gradio.context import get_blocks_context
from gradio.events import api
from pydantic import TypeAdapter, ValidationError

from llama_demo.errors import DemoError, InputError
from llama_demo.page_languages import FALLBACK, PageLanguageCode
from llama_demo.services import visits
from llama_demo.ui.calls import CallReader
from llama_demo.ui.handler_results import handler_results
from llama_demo.ui.schemas import repaired
from llama_demo.ui.texts import catalogue

log = logging.getLogger(__name__)

SECTION = re.compile(r"^(Args|Returns):\n((?: {4}.*\n?|\n)+)", re.MULTILINE)
"""A section of a docstring that describes the parameters, or the parts of what is returned."""

ENTRY = re.compile(r"^ {4}(\w+): ((?:.*\n?)(?: {8}.*\n?)*)", re.MULTILINE)


VISITOR_DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "visitor": "The caller's secret in public mode, 32 characters or more: finds what it stored.",
        "save": "Whether the run is written to the history; null is the mode of the place.",
    }
)


def offer(calls: CallReader, handler: Callable[..., Any]) -> None:
    """Register a handler as an endpoint of its name, described by its docstring.

    Call it inside the page's Blocks.
    """
    api(endpoint(calls, handler), api_name=handler.__name__)
    describe(handler)


def describe(handler: Callable[..., Any]) -> None:
    """Name and describe parameters and results of the endpoint that was added last, for Gradio's API view.

    The names are those of the endpoint's signature and of the ``Returns`` section of the handler's docstring.
    """
    blocks = get_blocks_context()
    assert blocks is not None
    added = list(blocks.fns.values())[-1]
    assert added.fn is not None
    parameters = {**descriptions(handler, "Args"), **VISITOR_DESCRIPTIONS}
    names = [name for name in inspect.signature(added.fn).parameters if name != "request"]
    for name, component in zip(names, added.inputs, strict=True):
        _describe(component, name, parameters[name])
    returned = descriptions(handler, "Returns")
    for (name, text), component in zip(returned.items(), added.outputs, strict=True):
        _describe(component, name, text)


def _describe(component: object, name: str, text: str) -> None:
    assert isinstance(component, Component)
    info = {**component.api_info(), "additional_description": text}
    component.label = name
    component.api_info = lambda: info  # type: ignore[method-assign]


def descriptions(handler: Callable[..., Any], section: str) -> dict[str, str]:
    """The text under each name in a section of a docstring."""
    sections = dict(SECTION.findall(inspect.getdoc(handler) or ""))
    return {name: " ".join(text.split()) for name, text in ENTRY.findall(sections.get(section, ""))}


def endpoint(calls: CallReader, handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler as :func:`gradio.api` calls it.

    Two parameters follow the handler's own, ``visitor`` and ``save``.
    """
    hints = get_type_hints(handler)
    own = list(inspect.signature(handler).parameters.values())[1:]
    parameters = [p.replace(annotation=hints[p.name]) for p in own] + _VISITOR_PARAMETERS
    checks = {p.name: TypeAdapter(p.annotation) for p in parameters[:-1]}

    def answered(values: tuple[Any, ...]) -> Generator[Any, None, None]:
        language = _language_of(values[-1])
        with _gradio_errors(language, handler.__qualname__):
            checked = _checked(checks, values)
            visitor, save = checked.pop("visitor"), checked.pop("save")
            visit = calls.visit(visitor, language, save=save, caller=calls.caller(values[-1]))
            arguments = (visit, *checked.values())
            results = handler_results(handler, arguments, visit=visit, admission=calls.admission)
            with closing(results):
                yield from results

    if inspect.isgeneratorfunction(handler):

        def stream(*values: Any) -> Iterator[Any]:
            with closing(answered(values)) as parts:
                yield from parts

        return _documented(stream, handler, parameters, get_args(hints["return"])[0])

    def single(*values: Any) -> Any:
        return next(iter(list(answered(values))))

    return _documented(single, handler, parameters, hints["return"])


def _checked(checks: Mapping[str, TypeAdapter[Any]], values: Sequence[object]) -> dict[str, Any]:
    """The values by parameter name, validated.

    Raises:
        InputError: ``wrong_type_...``, naming the parameter.
    """
    checked: dict[str, Any] = {}
    for (name, check), value in zip(checks.items(), values, strict=False):
        try:
            checked[name] = check.validate_python(repaired(value))
        except ValidationError as exc:
            schema = check.json_schema()
            kind = schema.get("type") or schema["anyOf"][0]["type"]
            raise InputError(f"wrong_type_{kind}", name=name) from exc
    return checked


@contextmanager
def _gradio_errors(language: PageLanguageCode, name: str) -> Iterator[None]:
    """Convert failures to :class:`gradio.Error`, the only kind whose text reaches a program."""
    try:
        yield
    except DemoError as error:
        raise gr.Error(catalogue(language).error(error, plain_names=True), print_exception=False) from error
    except Exception as exc:
        log.exception("an endpoint failed: %s", name)
        unexpected = catalogue(language).error(DemoError("unexpected"))
        raise gr.Error(unexpected, print_exception=False) from exc


def _language_of(request: gr.Request | None) -> PageLanguageCode:
    """The language of a program's messages: its ``Accept-Language`` header, else English."""
    header = "" if request is None else str(request.headers.get("accept-language", ""))
    return visits.language_of(header) or FALLBACK


def _documented(
    function: Callable[..., Any],
    handler: Callable[..., Any],
    parameters: Sequence[inspect.Parameter],
    returns: object,
) -> Callable[..., Any]:
    """Give the wrapper the name, the description and the typed parameters that Gradio's API page shows."""
    function.__name__ = handler.__name__
    function.__doc__ = SECTION.sub("", inspect.getdoc(handler) or "").strip()
    function.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": returns}
    function.__signature__ = inspect.Signature(list(parameters), return_annotation=returns)  # type: ignore[attr-defined]
    return function


_VISITOR_PARAMETERS = [
    inspect.Parameter("visitor", inspect.Parameter.POSITIONAL_OR_KEYWORD, default="", annotation=str),
    inspect.Parameter("save", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=bool | None),
    inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request
    ),
]
