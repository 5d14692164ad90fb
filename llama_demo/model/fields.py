"""The entries of a ``config.json``, checked as they are read and before anything is allocated."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from llama_demo.errors import CheckpointError

_REQUIRED = object()


class Fields:
    """Typed access to a configuration that may be damaged or hostile.

    Every method raises :class:`CheckpointError` if an entry is missing without a default, or is not
    what it has to be.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config

    def whole(self, name: str, low: int, high: int, default: int | object = _REQUIRED) -> int:
        """A whole number from ``low`` to ``high``; an entry of ``null`` counts as missing."""
        value = self._config.get(name)
        if value is None:
            value = default
        if value is _REQUIRED:
            raise CheckpointError("config_missing", name=name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise CheckpointError("config_value", name=name, value=value, low=low, high=high)
        return value

    def real(self, name: str, low: float, high: float, default: float) -> float:
        """A number from ``low`` to ``high``."""
        value = self._config.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise CheckpointError("config_value", name=name, value=value, low=low, high=high)
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._config.get(name, default)
        if not isinstance(value, bool):
            raise CheckpointError("config_unsupported", name=name, value=value)
        return value

    def choice(self, name: str, known: Collection[str], default: str) -> str:
        """One of the names in ``known``."""
        value = self._config.get(name, default)
        if not isinstance(value, str) or value not in known:
            raise CheckpointError("config_unsupported", name=name, value=value)
        return value

    def refuse(self, name: str, allowed: object) -> None:
        """An entry that must be missing or ``allowed``, since nothing else is built here."""
        value = self._config.get(name, allowed)
        if value != allowed:
            raise CheckpointError("config_unsupported", name=name, value=value)
