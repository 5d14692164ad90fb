"""Junk for requests: values of a JSON schema, mixed with values of any other kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

TEXTS: Sequence[str] = (
    *("", " ", "a", "auto", "en", "zh", "sample", "default", "0", "-1", "1e400", "null", "true"),
    *("\x00", "a\x00b", "\ud800", "\udfff a", "\u202e", "\ufeff", "é\u0301", "👩‍👩‍👧", "中文" * 200),
    *("'; DROP TABLE runs; --", '" OR "', "NEAR(a b", "a* AND (", "{{ 7 * 7 }}", "${7*7}", "%s%n", "%00"),
    *("../../../etc/passwd", "/etc/passwd", "C:\\con", "file:///etc/passwd", "http://127.0.0.1:1/"),
    *("<script>alert(1)</script>", "=1+1", "\r\nX-Injected: 1", "a" * 5_000, "()" * 1_000),
)
"""Texts that have broken programs."""

NUMBERS: Sequence[float] = (0, -1, 1, 2, 0.5, -0.0, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 1e308, 1e-320)


def nested(depth: int) -> object:
    """A list in a list in a list."""
    value: object = []
    for _ in range(depth):
        value = [value]
    return value


@dataclass(frozen=True)
class Junk:
    """Makes junk.

    Attributes:
        chance: draws it.
        wrong: share of values that are of any kind, whatever their schema says.
    """

    chance: random.Random
    wrong: float = 0.3

    def value(self, schema: Json | None = None, definitions: Json | None = None) -> Any:
        """A value of a schema, more or less; of any kind without one."""
        if not schema or self.chance.random() < self.wrong:
            return self.anything()
        known = definitions if definitions is not None else schema.get("$defs", {})
        if "$ref" in schema:
            return self.value(known.get(schema["$ref"].rpartition("/")[2]), known)
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self.value(self.chance.choice(schema[choice]), known)
        if "enum" in schema or "const" in schema:
            return self.chance.choice([*schema.get("enum", ()), schema.get("const")])
        return self._typed(schema, known)

    def typed(self, name: str) -> Any:
        """A value of a JSON type, such as ``string``."""
        return self._typed({"type": name}, {})

    def _typed(self, schema: Json, known: Json) -> Any:
        match schema.get("type"):
            case "object":
                return {
                    name: self.value(one, known)
                    for name, one in schema.get("properties", {}).items()
                    if self.chance.random() < 0.8
                }
            case "array":
                return [
                    self.value(schema.get("items"), known) for _ in range(self.chance.choice((0, 1, 2, 9)))
                ]
            case "string":
                return self.chance.choice(TEXTS)
            case "integer":
                return int(self.chance.choice(NUMBERS))
            case "number":
                return self.chance.choice(NUMBERS)
            case "boolean":
                return self.chance.random() < 0.5
            case "null":
                return None
        return self.anything()

    def anything(self) -> Any:
        """A value of any kind."""
        kinds: Sequence[Callable[[], Any]] = (
            lambda: None,
            lambda: self.chance.choice(TEXTS),
            lambda: self.chance.choice(NUMBERS),
            lambda: self.chance.random() < 0.5,
            lambda: [self.chance.choice(TEXTS)] * self.chance.choice((0, 1, 300)),
            lambda: {self.chance.choice(TEXTS): self.chance.choice(TEXTS)},
            lambda: nested(self.chance.choice((5, 90))),
            lambda: {
                "path": "/etc/passwd",
                "url": "http://127.0.0.1:1/",
                "meta": {"_type": "gradio.FileData"},
            },
        )
        return self.chance.choice(kinds)()

    def body(self) -> tuple[bytes, str]:
        """A body and its content type, of which one may not fit the other."""
        bodies = (
            b"",
            b"{",
            b"[]",
            b"null",
            b'{"data": [' + b"[" * 50_000,
            b'{"data": NaN, "fn_index": Infinity}',
            b'{"data": ["\\ud800"]}',
            b"\xff\xfe\x00",
            b"a=b&c=d",
            b'--X\r\nContent-Disposition: form-data; name="files"; filename="\xff\x00"\r\n\r\nx\r\n--X--\r\n',
            b"--X\r\nContent-Disposition: form-data\r\n\r\nx",
            b'--X\r\nContent-Disposition: form-data; name="request"\r\n\r\n{"visit": 5}\r\n--X--\r\n',
            b"--X--",
        )
        types = (
            *(
                "application/json",
                "text/plain",
                "",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
            ),
            *("multipart/form-data; boundary=X", "application/json; charset=utf-16", "\x7f"),
        )
        return self.chance.choice(bodies), self.chance.choice(types)

    def headers(self) -> dict[str, str]:
        """Odd headers; often none."""
        odd = (
            {"Accept-Language": "zh;q=NaN, " + "en," * 500},
            {"X-Forwarded-For": "not an address, 8.8.8.8, ::1"},
            {"Cookie": "access-token=x; " + "a=b;" * 200},
            {"Range": "bytes=-1-,5"},
            {"If-None-Match": "*"},
            {"Authorization": "Basic " + "A" * 100},
            {"Accept-Encoding": "br;q=9, gzip, *;q=-1"},
            {"Origin": "null"},
        )
        return dict(self.chance.choice(odd)) if self.chance.random() < 0.3 else {}
