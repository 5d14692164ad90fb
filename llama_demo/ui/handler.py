"""The one wrapper round every handler: who asks, in which language, and what a failure looks like.

A handler of the page gets a :class:`Call` first, then the values of its components. It raises a
:class:`~llama_demo.errors.DemoError` for what people can cause; the wrapper shows the sentence in the
notice of its tab and leaves every other component as it was. Anything else is a defect: it goes to the log
with its trace (which holds no text of a visitor), and the page says that something unexpected happened.

A handler for programs gets the :class:`~llama_demo.services.visits.Visit` first, then checked values.
"""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Any, get_args, get_type_hints
from urllib.parse import unquote

import gradio as gr
from gradio.blocks import Block
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from llama_demo.errors import DemoError, InputError
from llama_demo.services import visits
from llama_demo.services.visits import Language, Visit
from llama_demo.ui import markup
from llama_demo.ui.json_line import json_line
from llama_demo.ui.texts import LANGUAGES, catalogue

log = logging.getLogger(__name__)

LONGEST_SECRET = 1_000
"""Characters of a visitor's secret; pages make 64."""

LONGEST_HEADER = 100_000
"""Characters in which a page says who asks and what for, beside what it uploads."""

SEND_VISIT = "(visit, ...rest) => { %s; return [llamaDemo.visit(), ...rest]; }"
"""What the browser does before each call: the page says who asks, at that moment."""


@dataclass(frozen=True)
class Call:
    """One call of the page.

    Attributes:
        visit: who asks.
        page: made up by the page when it opened; names what this page, and no other, has running.
        zone: the visitor's distance from UTC, for times of day.
        event: what the touched component tells of it, such as which button of a list.
        turn: which call of its page this is; they count up.
        wanted: what the list of the history is narrowed to on this page; as the page tells it.
    """

    visit: Visit
    page: str
    zone: timezone
    event: Mapping[str, Any]
    turn: int = 0
    wanted: Mapping[str, Any] = field(default_factory=dict)


class Handlers:
    """Binds handlers to the events of the page and to the endpoints for programs."""

    def __init__(self, *, public: bool) -> None:
        self.public = public
        self._visit: gr.JSON | None = None

    def place(self) -> None:
        """Put the component through which the visit travels on the page; it is never shown."""
        self._visit = gr.JSON(visible=False)

    def on(
        self,
        event: Callable[..., Any],
        handler: Callable[..., Any],
        *,
        inputs: Sequence[Block] = (),
        outputs: Sequence[Block],
        notice: gr.HTML,
        first: str = "",
        **options: Any,
    ) -> Any:
        """Call ``handler(call, *values)`` at an event of the page; ``notice`` shows what went wrong.

        The handler answers with a tuple, one value for each output, or streams such tuples. ``first`` is
        what the browser does before it asks. What is returned is Gradio's event, for ``cancels``.
        """
        return event(
            self._guarded(handler, unchanged=[gr.skip()] * len(outputs)),
            inputs=[self._visit, *inputs],
            outputs=[*outputs, notice],
            js=SEND_VISIT % first,
            api_visibility="private",
            show_progress="hidden",
            # On nothing: Gradio would copy every component that it tells of the progress, at each update.
            show_progress_on=[],
            **options,
        )

    def _guarded(self, handler: Callable[..., Any], *, unchanged: list[Any]) -> Callable[..., Any]:
        """The handler as Gradio calls it: visit and values in, its answers and a notice out."""

        def guarded(event: gr.EventData, payload: object, *values: object) -> Iterator[Any]:
            try:
                arguments = (self.call(payload, event._data), *map(whole, values))
                with closing(_answers(handler, arguments)) as answers:
                    for answer in answers:
                        yield (*answer, "")
            except Exception as failure:  # noqa: BLE001 (a defect is logged where it is turned)
                yield (*unchanged, notice_of(failure, handler))

        guarded.__name__ = handler.__name__
        return guarded

    def call(self, payload: object, event: object = None) -> Call:
        """Read what the page says about itself; whatever it may have sent, the result is well formed.

        Raises:
            InputError: ``visitor_too_short`` or ``visitor_too_long``.
        """
        told = payload if isinstance(payload, dict) else {}
        language: Language = "zh" if told.get("language") == "zh" else "en"
        minutes = told.get("minutes_from_utc")
        zone = timezone(timedelta(minutes=minutes if type(minutes) is int and abs(minutes) < 24 * 60 else 0))
        temporary, wanted, turn = told.get("temporary"), told.get("wanted"), told.get("turn")
        page = str(told.get("page") or "")[:LONGEST_SECRET]
        save = not temporary if isinstance(temporary, bool) else None
        return Call(
            visit=self._resolved(str(told.get("secret") or ""), language, save=save, page=page),
            page=page,
            zone=zone,
            event=event if isinstance(event, dict) else {},
            turn=turn if type(turn) is int else 0,
            wanted=wanted if isinstance(wanted, dict) else {},
        )

    def _resolved(self, secret: str, language: Language, *, save: bool | None, page: str = "") -> Visit:
        if len(secret) > LONGEST_SECRET:
            raise InputError("visitor_too_long", characters=len(secret), longest=LONGEST_SECRET)
        return visits.resolve(public=self.public, secret=secret, language=language, save=save, page=page)

    def script(self, handler: Callable[[Call], dict[str, Any]]) -> Callable[[object], dict[str, Any]]:
        """The handler as a script of the page calls it, for the ``server_functions`` of ``gr.HTML``.

        The script sends what it wants to know with the visit under ``visit``. It gets the handler's answer,
        or a notice, as HTML under ``problem``.
        """

        def answered(told: object) -> dict[str, Any]:
            told = told if isinstance(told, dict) else {}
            try:
                return handler(self.call(told.get("visit"), told))
            except Exception as failure:  # noqa: BLE001 (as above)
                return {"problem": notice_of(failure, handler)}

        answered.__name__ = handler.__name__
        return answered

    def scripts(
        self, *handlers: Callable[[Call], dict[str, Any]]
    ) -> list[Callable[[object], dict[str, Any]]]:
        """Several of them; a script calls each by its name."""
        return [self.script(handler) for handler in handlers]

    def route(self, path: str, handler: Callable[[Request], Awaitable[Response]]) -> Route:
        """A way in beside Gradio's own, by POST; a failure is answered with a notice, as HTML."""

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except (ClientDisconnect, HTTPException):
                return HTMLResponse("", 400)
            except Exception as failure:  # noqa: BLE001 (as above)
                return HTMLResponse(notice_of(failure, handler), 422)

        return Route(path, answered, methods=["POST"])

    def lines(
        self, handler: Callable[..., Generator[Mapping[str, Any], None, None]], *values: Any
    ) -> Generator[str, None, None]:
        """What the handler tells, a line of JSON each; a failure is one too, with a notice as ``problem``."""
        try:
            with closing(handler(*values)) as steps:
                for told in steps:
                    yield json_line(told)
        except Exception as failure:  # noqa: BLE001 (as above)
            yield json_line({"problem": notice_of(failure, handler)})

    def endpoint(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler as :func:`gradio.api` calls it: ``handler(visit, ...)`` becomes ``handler(...)``.

        Two parameters follow the handler's own, ``visitor`` and ``save``. Values are checked against the
        annotations, and every failure becomes a :class:`gradio.Error` in the caller's language.
        """
        hints = get_type_hints(handler)
        own = list(inspect.signature(handler).parameters.values())[1:]
        parameters = [p.replace(annotation=hints[p.name]) for p in own] + _VISITOR_PARAMETERS
        checks = {p.name: TypeAdapter(p.annotation) for p in parameters[:-1]}

        def answers(values: tuple[Any, ...]) -> Generator[Any, None, None]:
            language = _language_of(values[-1])
            with _gradio_errors(language, handler.__qualname__):
                checked = _checked(checks, values)
                visitor, save = checked.pop("visitor"), checked.pop("save")
                visit = self._resolved(visitor, language, save=save)
                with closing(_answers(handler, (visit, *checked.values()))) as parts:
                    yield from parts

        if inspect.isgeneratorfunction(handler):

            def stream(*values: Any) -> Iterator[Any]:
                with closing(answers(values)) as parts:
                    yield from parts

            return _documented(stream, handler, parameters, get_args(hints["return"])[0])

        def single(*values: Any) -> Any:
            return next(iter(list(answers(values))))

        return _documented(single, handler, parameters, hints["return"])


def notice_of(failure: Exception, handler: Callable[..., Any]) -> str:
    """What the page shows of a failure, as HTML; what nobody can cause goes to the log."""
    if not isinstance(failure, DemoError):
        log.error("a handler of the page failed: %s", handler.__qualname__, exc_info=failure)
        failure = DemoError("unexpected")
    return markup.render("notice.html", sentence=markup.problem(failure))


def sent_json(text: str | bytes) -> object:
    """What a page sent as JSON; None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def sent_beside(request: Request, name: str) -> object:
    """What a page sent in a header, beside a body that is a file."""
    return sent_json(unquote(request.headers.get(name, ""))[:LONGEST_HEADER])


async def sent_file(request: Request, largest: int) -> bytes:
    """The file that a page sends as the body, or as much of it as shows that it is larger."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > largest:
            break
    return bytes(data)


def whole(value: object) -> object:
    """A text without halves of surrogate pairs: a browser can send them, but nothing can send them back."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _answers(handler: Callable[..., Any], arguments: tuple[Any, ...]) -> Generator[Any, None, None]:
    """What a handler gives, one by one, whether it streams or not; closing it closes the handler."""
    result = handler(*arguments)
    if not inspect.isgenerator(result):
        yield result
        return
    with closing(result):
        yield from result


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
