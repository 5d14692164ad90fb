"""Which addresses of other servers are taken."""

from __future__ import annotations

import pytest

from llama_demo.errors import InputError
from llama_demo.hub.remote_address import checked_address, is_private, refuse_private


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (" http://127.0.0.1:8000/v1/ ", "http://127.0.0.1:8000/v1"),
        ("https://router.huggingface.co/v1", "https://router.huggingface.co/v1"),
        ("http://[::1]:11434/v1/chat/completions", "http://[::1]:11434/v1"),
    ],
)
def test_a_base_url_is_kept_plain(address: str, kept: str) -> None:
    """However it was copied."""
    assert checked_address(address) == kept


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost:8000",
        "file:///etc/passwd",
        "http://",
        "http://name:password@host/v1",
        "http://host:99999/v1",
        "http://host/v1?key=x",
        "http://ho st/v1",
        "http://host/\nv1",
        "http://" + "a" * 2_000,
    ],
)
def test_other_texts_are_no_addresses(address: str) -> None:
    """A key in an address would be shown and logged with it."""
    with pytest.raises(InputError, match="backend_address"):
        checked_address(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.1.2.3", "[::1]", "[::ffff:192.168.0.1]", "169.254.169.254", "0"]
)
def test_private_places_are_refused(host: str) -> None:
    """By the address that a name has, also in other spellings."""
    with pytest.raises(InputError, match="backend_private"):
        refuse_private(f"http://{host}:80/v1")


def test_public_addresses_are_not_private() -> None:
    """Of both kinds."""
    assert not is_private("93.184.215.14")
    assert not is_private("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert is_private("fe80::1%eth0")
