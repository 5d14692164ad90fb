"""From where a request comes."""

from __future__ import annotations

import gradio as gr
import pytest
from starlette.requests import Request

from llama_demo.ui.client_address import client_address


def request(forwarded: str | None = None, *, known: bool = True) -> Request:
    """One from a machine of the own network, which may be a proxy."""
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return Request({"type": "http", "headers": headers, "client": ("10.0.0.1", 5) if known else None})


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "10.0.0.1"),
        ("8.8.8.8", "8.8.8.8"),
        ("1.1.1.1, 8.8.8.8", "8.8.8.8"),
        ("8.8.8.8, 10.2.3.4, 172.16.0.9", "8.8.8.8"),
        ("2606:4700:4700::1111", "2606:4700:4700::/64"),
        ("2606:4700:4700::ffff:1", "2606:4700:4700::/64"),
        ("8.8.8.8:5123", "8.8.8.8"),
        ("[2606:4700:4700::1111]:443", "2606:4700:4700::/64"),
        ("8.8.8.8, unknown, 10.0.0.3", "10.0.0.1"),
        ("nonsense, , <b>", "10.0.0.1"),
    ],
)
def test_behind_a_proxy_the_last_public_address_counts(forwarded: str | None, address: str) -> None:
    """What a client put in front of it does not."""
    assert client_address(request(forwarded), behind_proxy=True) == address


def test_without_a_proxy_the_header_is_not_believed() -> None:
    """Anybody can send it."""
    assert client_address(request("8.8.8.8"), behind_proxy=False) == "10.0.0.1"


def test_an_unknown_address_is_empty() -> None:
    """As behind a socket file."""
    assert client_address(request("8.8.8.8", known=False), behind_proxy=False) == ""
    assert client_address(None, behind_proxy=True) == ""


def test_every_line_of_the_header_counts() -> None:
    """A proxy may add a line of its own below that of the client."""
    lines = [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"8.8.8.8")]
    call = Request({"type": "http", "headers": lines, "client": ("10.0.0.1", 5)})
    assert client_address(call, behind_proxy=True) == "8.8.8.8"
    assert client_address(gr.Request(call), behind_proxy=True) == "8.8.8.8"
