"""The wrapper round an endpoint for programs: its parameters are checked, its failures are told.

``handler(visit, ...)`` becomes ``handler(..., visitor, save)``. Values are checked against the annotations,
and every failure becomes a :class:`gradio.Error` in the caller's language.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, get_args, get_type_hints

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from llama_demo.errors import DemoError, InputError
from llama_demo.services import visits
from llama_demo.settings import Language
from llama_demo.ui.answers import answers
from llama_demo.ui.calls import CallReader
from llama_demo.ui.schemas import whole
from llama_demo.ui.texts import LANGUAGES, catalogue

log = logging.getLogger(__name__)


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
            visit = calls.visit(visitor, language, save=save)
            with closing(answers(handler, (visit, *checked.values()))) as parts:
                yield from parts

    if inspect.isgeneratorfunction(handler):

        def stream(*values: Any) -> Iterator[Any]:
            with closing(answered(values)) as parts:
                yield from parts

        return _documented(stream, handler, parameters, get_args(hints["return"])[0])

    def single(*values: Any) -> Any:
        return next(iter(list(answered(values))))

    return _documented(single, handler, parameters, hints["return"])


def _checked(checks: Mapping[str, TypeAdapter[Any]], values: Sequence[object]) -> dict[str, Any]:
    """The values under their names, of the types that were asked for.

    Raises:
        InputError: ``wrong_type_...``, naming the parameter.
    """
    checked: dict[str, Any] = {}
    for (name, check), value in zip(checks.items(), values, strict=False):
        try:
            checked[name] = check.validate_python(whole(value))
        except ValidationError as exc:
            schema = check.json_schema()
            kind = schema.get("type") or schema["anyOf"][0]["type"]
            raise InputError(f"wrong_type_{kind}", name=name) from exc
    return checked


@contextmanager
def _gradio_errors(language: Language, name: str) -> Iterator[None]:
    """Failures as :class:`gradio.Error`, the only kind whose text reaches a program."""
    try:
        yield
    except DemoError as error:
        raise gr.Error(catalogue(language).error(error, plain_names=True), print_exception=False) from error
    except Exception as exc:
        log.exception("an endpoint failed: %s", name)
        unexpected = catalogue(language).error(DemoError("unexpected"))
        raise gr.Error(unexpected, print_exception=False) from exc


def _language_of(request: gr.Request | None) -> Language:
    """The language of a program's messages: its ``Accept-Language`` header, else English."""
    header = "" if request is None else str(request.headers.get("accept-language", ""))
    return visits.language_of(header) or LANGUAGES[0]


def _documented(
    function: Callable[..., Any],
    handler: Callable[..., Any],
    parameters: Sequence[inspect.Parameter],
    returns: object,
) -> Callable[..., Any]:
    """Give the wrapper the name, the description and the typed parameters that Gradio's API page shows."""
    function.__name__ = handler.__name__
    function.__doc__ = handler.__doc__
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
