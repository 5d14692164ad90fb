"""Declares the schemas and the server functions of every tab to the scripts, as TypeScript.

``python -m llama_demo.ui.typescript`` writes ``assets/js/types.d.ts``; a test says when that file is stale.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from llama_demo import ui
from llama_demo.settings import ASSETS
from llama_demo.ui.schemas import Schema, UpdateLine
from llama_demo.ui.server_functions import methods, request_of

TARGET = ASSETS / "js" / "types.d.ts"

HEAD = "// Made by `python -m llama_demo.ui.typescript` from the schemas of the page. Not to be edited.\n"

SIMPLE: Mapping[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    date: "string",
    datetime: "string",
    Any: "any",
    object: "unknown",
}


def declarations() -> str:
    """The content of ``types.d.ts``."""
    schemas = {schema.__name__: schema for module in _modules("schemas") for schema in _schemas(module)}
    parts = [_interface(schema) for _, schema in sorted(schemas.items())]
    parts += [_server(server) for server in sorted(servers(), key=lambda one: one.__name__)]
    return "\n".join([HEAD, *parts])


def _modules(name: str) -> Iterator[types.ModuleType]:
    """``ui/schemas.py`` and the ``schemas.py`` of each tab, and the same with ``server.py``."""
    folders = [one.name for one in iter_modules(ui.__path__) if one.ispkg]
    for package in ("", *(f".{folder}" for folder in folders)):
        folder = Path(ui.__path__[0], *package.split("."))
        if (folder / f"{name}.py").exists():
            yield import_module(f"{ui.__name__}{package}.{name}")


def _schemas(module: types.ModuleType) -> Iterator[type[BaseModel]]:
    for value in vars(module).values():
        own = isinstance(value, type) and value.__module__ == module.__name__
        if own and issubclass(value, BaseModel) and value not in (Schema, UpdateLine):
            yield value


def servers() -> Iterator[type]:
    """The classes whose methods are the server functions of the page."""
    for module in _modules("server"):
        for value in vars(module).values():
            own = isinstance(value, type) and value.__module__ == module.__name__
            if own and value.__name__.endswith("Server"):
                yield value


def _interface(schema: type[BaseModel]) -> str:
    """A schema as an interface; a field with a default may be left out of a request."""
    request = not any(schema.__name__.endswith(end) for end in ("Response", "Line", "Item", "Context"))
    hints = get_type_hints(schema, include_extras=True)
    lines = []
    for name, field in schema.model_fields.items():
        optional = "?" if request and not field.is_required() else ""
        lines.append(f"  {field.alias or name}{optional}: {typescript(hints[name])};")
    return "\n".join([f"export interface {schema.__name__} {{", *lines, "}", ""])


def _server(server: type) -> str:
    lines = []
    for name, method in methods(server):
        schema = request_of(method)
        request = "" if schema is None else f"request: {schema.__name__}"
        response = get_type_hints(method).get("return", type(None))
        result = "Empty" if response is type(None) else response.__name__
        lines.append(f"  {name}({request}): Promise<{result}>;")
    return "\n".join([f"export interface {server.__name__} {{", *lines, "}", ""])


def typescript(hint: Any) -> str:
    """A type as TypeScript has it.

    Raises:
        TypeError: it has no equivalent in JSON.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return typescript(arguments[0])
    if origin is Literal:
        return " | ".join(f'"{one}"' if isinstance(one, str) else str(one).lower() for one in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(typescript(one) for one in arguments))
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not ...):
        return f"[{', '.join(map(typescript, arguments))}]"
    if origin in (list, tuple, set, frozenset) or (origin and issubclass(origin, Sequence)):
        inner = typescript(arguments[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin and issubclass(origin, Mapping):
        return f"Record<string, {typescript(arguments[1])}>"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint.__name__
    if hint in SIMPLE:
        return SIMPLE[hint]
    raise TypeError(f"no TypeScript for {hint!r}")


if __name__ == "__main__":
    TARGET.write_text(declarations(), encoding="utf-8")
