"""A sandbox for untrusted Jinja2 templates, with limits of time and memory.

Jinja's own sandbox keeps a template from Python's internals and from changing what it is given. It does
not keep it from taking forever or from filling the memory, so here in addition:

* each turn of a loop, each call and each filter is a step, and steps and seconds are limited;
* whatever an expression makes is measured, and what can make much out of little (``*``, ``**``, ``%``,
  ``replace``, ``join``) is measured before it is made;
* of filters and methods only those are there that chat templates need.

What passes is rendered as ``transformers`` renders it: the same settings, functions and tags.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.filters import do_indent, do_join, do_replace
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from llama_demo.errors import CheckpointError
from llama_demo.text.template_limits import (
    LONGEST_TEXT,
    Budget,
    TemplateStoppedError,
    check_format,
    check_join,
    check_length,
    check_product,
    check_replace,
    measure,
)

LONGEST_TEMPLATE = 200_000  # characters; released ones have up to 20,000
_FILTERS = (
    "abs capitalize count d default dictsort e escape first float groupby indent int items join last length "
    "list lower map max min reject rejectattr replace reverse round safe select selectattr sort string "
    "title trim unique upper"
).split()
_METHODS = frozenset(
    "capitalize count endswith find get index isalnum isalpha isdigit isspace items join keys lower lstrip "
    "partition removeprefix removesuffix replace rfind rpartition rsplit rstrip split splitlines startswith "
    "strip title upper values".split()
)
_PLAIN = (str, bytes, int, float, list, tuple, dict, set, frozenset)


class TemplateRefusedError(Exception):
    """The template refuses what it was given, in words of its own."""


class SandboxedTemplate:
    """A template, compiled once. Any thread may render it.

    Attributes:
        literals: every text that stands in the template itself.

    Raises:
        CheckpointError: it is too long or no valid template.
    """

    def __init__(self, source: str) -> None:
        if len(source) > LONGEST_TEMPLATE:
            raise CheckpointError("chat_template_broken", detail=f"longer than {LONGEST_TEMPLATE} characters")
        self._environment = _Environment()
        try:
            self.literals = self._environment.literals(source)
            self._template = self._environment.from_string(source)
        except Exception as exc:
            raise CheckpointError("chat_template_broken", detail=_words(exc)) from exc

    def render(self, values: Mapping[str, object]) -> str:
        """The text for ``values``, which must be plain JSON values.

        Raises:
            CheckpointError: the template fails, refuses the values, reaches where it must not, or is
                stopped for taking too long or making too much.
        """
        self._environment.budget.start()
        pieces: list[str] = []
        size = 0
        try:
            for piece in self._template.generate(**values):
                pieces.append(piece)
                size += len(piece)
                if size > LONGEST_TEXT:
                    raise TemplateStoppedError(f"it writes more than {LONGEST_TEXT} characters")
        except TemplateRefusedError as exc:
            raise CheckpointError("chat_template_refused", detail=_words(exc)) from exc
        except Exception as exc:
            raise CheckpointError("chat_template_broken", detail=_words(exc)) from exc
        return "".join(pieces)


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:300]


class _GenerationBlocks(Extension):
    """``{% generation %}``, by which templates mark what the model writes; here its content is all."""

    tags = {"generation"}  # noqa: RUF012 (Jinja declares it so)

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        return nodes.Scope(parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line)


class _Environment(ImmutableSandboxedEnvironment):
    """The environment in which ``transformers`` renders, with limits."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self) -> None:
        extensions = [_GenerationBlocks, loopcontrols]
        # The optimizer would compute constant expressions before any limit holds.
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=extensions, optimized=False)
        self.budget = Budget()
        known: dict[str, Callable[..., Any]] = {name: self.filters[name] for name in _FILTERS}
        known |= {"indent": _indent, "join": _join, "replace": _replace, "sum": _sum, "tojson": _to_json}
        self.filters = {name: self._watched(function) for name, function in known.items()}
        self.filters |= {_CHECKED: self._checked, _JOINED: self._watched(_joined)}
        self.globals = {"range": self.globals["range"], "dict": _make_dict, "namespace": _Namespace}
        self.globals |= {"raise_exception": _raise, "strftime_now": _strftime_now}
        self.finalize = self._checked

    def _checked(self, value: Any) -> Any:
        self.budget.spend(value)
        return value

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            return self._checked(function(*args, **kwargs))

        return watched

    def literals(self, source: str) -> tuple[str, ...]:
        """Every text that stands in ``source``."""
        tree = super()._parse(source, None, None)
        constants = (node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str))
        return (*(node.data for node in tree.find_all(nodes.TemplateData)), *constants)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template: nodes.Template = _Watch().visit(super()._parse(source, name, filename))
        return template

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, _PLAIN) and callable(value) and attr not in _METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def unsafe_undefined(self, obj: Any, attribute: str) -> jinja2.Undefined:
        raise SecurityError(f"it reaches for {attribute!r} of a {type(obj).__name__}")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "+":
            measure([left, right])
        elif operator == "%" and isinstance(left, str):
            check_format(left, right)
        elif operator in ("*", "**"):
            check_product(operator, left, right)
        return self._checked(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        text = getattr(__obj, "__self__", None)
        if isinstance(text, str) and __obj.__name__ == "replace":
            check_replace(text, *args[:2])
        elif isinstance(text, str) and __obj.__name__ == "join":
            args = (check_join(args[0], text),)
        return __self._checked(super().call(__context, __obj, *args, **kwargs))


# No template can name these.
_CHECKED, _JOINED = "(checked)", "(joined)"


class _Watch(NodeTransformer):
    """Puts a check behind every text and value, and into every loop.

    Filters and calls check themselves, and so do the operators; what is left is written text, ``~``, and
    lists and dictionaries.
    """

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802 (Jinja's names)
        return _filtered(_CHECKED, nodes.Const(node.data, lineno=node.lineno))

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(_JOINED, nodes.List(node.nodes, lineno=node.lineno))

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(_CHECKED, node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(_CHECKED, node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(_CHECKED, node) if node.ctx == "load" else node

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        nothing = nodes.Const("", lineno=node.lineno)
        node.body = [nodes.Output([_filtered(_CHECKED, nothing)], lineno=node.lineno), *node.body]
        return node


def _filtered(name: str, node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


class _Namespace(Namespace):
    """Variables that outlive a loop; names with an underscore in front are Python's own."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        self, args = args[0], args[1:]
        values = dict(*args, **kwargs)
        for name in values:
            _check_name(name)
        Namespace.__init__(self, values)

    def __setitem__(self, name: str, value: Any) -> None:
        _check_name(name)
        super().__setitem__(name, value)


def _check_name(name: object) -> None:
    if isinstance(name, str) and name.startswith("_"):
        raise SecurityError(f"it uses the name {name!r}")


def _make_dict(*args: Any, **kwargs: Any) -> dict[Any, Any]:
    return dict(*args, **kwargs)


def _raise(message: object) -> None:
    raise TemplateRefusedError(str(message))


def _strftime_now(form: str) -> str:
    if len(form) > 100 or re.search(r"%[^a-zA-Z%]*\d", form):
        raise TemplateStoppedError("it asks for too long a date")
    return datetime.now().strftime(form)


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    measure([value, separators])
    if indent is not None and not 0 <= indent <= 16:
        raise TemplateStoppedError("it indents too far")
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _sum(values: Iterable[Any], attribute: str | None = None, start: float = 0) -> float:
    numbers = [value[attribute] if attribute else value for value in values]
    if not all(isinstance(number, int | float) for number in (*numbers, start)):
        raise TemplateStoppedError("it sums what are no numbers")
    return sum(numbers, start)


def _indent(text: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    size = width if isinstance(width, int) else len(width)
    check_length(len(text) + (text.count("\n") + 1) * size)
    return do_indent(text, width, first, blank)


@jinja2.pass_eval_context
def _replace(context: nodes.EvalContext, text: object, old: str, new: str, count: int | None = None) -> str:
    measure(text)
    check_replace(str(text), old, new)
    return do_replace(context, str(text), old, new, count)


@jinja2.pass_eval_context
def _join(
    context: nodes.EvalContext, values: Iterable[Any], between: str = "", attribute: str | int | None = None
) -> str:
    if attribute is None:
        values = check_join(values, between)
    else:
        check_join([], between)
    joined: str = do_join(context, values, between, attribute)
    return joined


def _joined(values: list[Any]) -> str:
    measure(values)
    return "".join(map(str, values))
