"""A line of JSON: what streams to a script of the page is a value a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def json_line(value: Mapping[str, Any]) -> str:
    """The value, compact and readable, and the end of the line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
