"""Requests that fit their JSON schemas, and the same with one value changed.

A request that fits passes the validation, so that what stands behind it gets the changed value.
"""

from __future__ import annotations

import copy
import random
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bench.junk import Json, Junk

SENTENCES = (
    "The harbour of Lisbon has nine ships.",
    "How many ships has the harbour?",
    "港口有九艘船。",
    "The cat sleeps in the house.",
)

VALUES: Mapping[str, Sequence[Any]] = MappingProxyType(
    {
        "collection": ("default", "sample", "shelf"),
        "source": ("en", "auto", "fr"),
        "target": ("fr", "zh", "en"),
        "otherwise": ("fr", ""),
        "model": ("", "generator", "translator", "embedder", "reader"),
        "preset": ("free", "story"),
        "mode": ("hybrid", "meaning", "words"),
        "language": ("", "en"),
        "form": ("json", "csv", ""),
        "names": ("a.txt",),
        "name": ("a.txt", "look"),
        "act": (),
        "title": ("Ships",),
    }
)
"""Values that fields of these names may have, beside those that the app has answered with."""

IDS = frozenset(
    "id conversation message run run_id chunk document documents job jobs parent file version begin".split()
)
"""Fields that name what the app has stored; a request may carry the id of anything in one."""

REMEMBERED = 20
"""Values of a field that are remembered."""

Path = tuple[str | int, ...]


@dataclass
class Skeletons:
    """Makes requests.

    Attributes:
        junk: makes the values that are changed.
        known: values that the app has answered with, by the names of their fields.
    """

    junk: Junk
    known: dict[str, deque[Any]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=REMEMBERED))
    )

    @property
    def chance(self) -> random.Random:
        """Draws."""
        return self.junk.chance

    def learn(self, answer: object) -> None:
        """Remember the ids and other short values of an answer."""
        if isinstance(answer, list):
            for one in answer:
                self.learn(one)
        if not isinstance(answer, dict):
            return
        for name, value in answer.items():
            if isinstance(value, str | int) and not isinstance(value, bool) and 0 < len(str(value)) < 100:
                self.known["id" if name in IDS else name].append(value)
            self.learn(value)

    def request(self, schema: Json) -> Any:
        """A request of a schema: as it should be, with one value changed, or with many that may not fit."""
        (kind,) = self.chance.choices(("valid", "changed", "junk"), (2, 6, 2))
        if kind == "junk":
            return self.junk.value(schema)
        valid = self.value(schema)
        return valid if kind == "valid" else self.changed(valid)

    def value(self, schema: Json, name: str = "", definitions: Json | None = None) -> Any:
        """A value that fits its schema."""
        known = definitions if definitions is not None else schema.get("$defs", {})
        if "$ref" in schema:
            return self.value(known[schema["$ref"].rpartition("/")[2]], name, known)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.value(self.chance.choice(schema[choice]), name, known)
        if "const" in schema or "enum" in schema:
            return self.chance.choice(
                [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else [])]
            )
        return self._typed(schema, name, known)

    def _typed(self, schema: Json, name: str, known: Json) -> Any:
        match schema.get("type"):
            case "object":
                fields = schema.get("properties", {})
                return {one: self.value(inner, one, known) for one, inner in fields.items()}
            case "array" if "prefixItems" in schema:
                return [self.value(one, name, known) for one in schema["prefixItems"]]
            case "array":
                least = schema.get("minItems", 0)
                count = self.chance.randint(least, max(least, min(2, schema.get("maxItems", 2))))
                return [self.value(schema.get("items", {}), name, known) for _ in range(count)]
            case "string":
                return self._text(schema, name)
            case "integer" | "number":
                return self._number(schema, name)
            case "boolean":
                return self.chance.random() < 0.5
        return None

    def _text(self, schema: Json, name: str) -> str:
        if schema.get("format") == "date":
            return "2026-01-01"
        known = [one for one in self._known(name) if isinstance(one, str)]
        texts = known or [*SENTENCES, str(schema.get("default") or "")]
        return self.chance.choice(texts)[: schema.get("maxLength")]

    def _number(self, schema: Json, name: str) -> float:
        numbers = [one for one in self._known(name) if isinstance(one, int)]
        if numbers and name in IDS:
            return int(self.chance.choice(numbers))
        least: float = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        most: float = schema.get("maximum", least + 3)
        return min(most, least + self.chance.choice((0, 1, 2)))

    def _known(self, name: str) -> list[Any]:
        return [*VALUES.get(name, ()), *self.known.get("id" if name in IDS else name, ())]

    def changed(self, value: Any) -> Any:
        """A copy with one value, at any depth, replaced or left out."""
        places = list(_places(value))
        if not places:
            return self.junk.anything()
        *way, last = self.chance.choice(places)
        whole = copy.deepcopy(value)
        inner = whole
        for step in way:
            inner = inner[step]
        if self.chance.random() < 0.1:
            del inner[last]
        else:
            inner[last] = self._other(inner[last])
        return whole

    def _other(self, value: object) -> Any:
        """Mostly of the same type as the value, so that it passes the validation."""
        types = {str: "string", bool: "boolean", int: "integer", float: "number"}
        if type(value) in types and self.chance.random() < 0.7:
            return self.junk.typed(types[type(value)])
        return self.junk.anything()


def _places(value: object, path: Path = ()) -> Iterator[Path]:
    """The ways to all values in a value."""
    items: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    for key, one in items:
        yield (*path, key)
        yield from _places(one, (*path, key))
