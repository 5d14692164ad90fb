"""What counts as a page of this server."""

from __future__ import annotations

import pytest

from llama_demo.ui.own_origin import is_own


@pytest.mark.parametrize(
    ("scheme", "host", "origin", "own"),
    [
        ("https", "demo.example", "https://demo.example:443", True),
        ("https", "demo.example", "http://demo.example", False),
        ("wss", "demo.example", "https://demo.example", True),
        ("http", "demo.example:8000", "http://demo.example", False),
        ("http", "", "http://", False),
        ("file", "demo.example", "file://demo.example", False),
    ],
)
def test_scheme_host_and_port_count(scheme: str, host: str, origin: str, own: bool) -> None:
    """A default port may be left out; nothing else may differ."""
    assert is_own(origin, scheme=scheme, host=host) == own
