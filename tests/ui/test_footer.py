"""The foot of the page: what it says of where texts go is true for the way in which the app was started."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import pytest

from llama_demo.settings import load
from llama_demo.ui.page import footer_html
from llama_demo.ui.texts import catalogue

SPACE = {"SPACE_ID": "someone/llama", "SPACE_HOST": "someone-llama.hf.space"}
KEYS = ("private", "server", "space", "copied", "elsewhere", "elsewhere.search")


def said(flags: Sequence[str] = (), elsewhere: Sequence[str] = ()) -> list[str]:
    """Which sentences about the way of a text a reader of English and Chinese sees."""
    html = re.sub(
        r"<span[^>]* hidden>.*?</span>\s*</span>", "", footer_html(load(flags), elsewhere), flags=re.S
    )
    seen = unescape(html)
    found = [[key for key in KEYS if catalogue(one).entries[f"foot.{key}"] in seen] for one in ("en", "zh")]
    assert found[0] == found[1]
    return found[0]


@pytest.fixture(autouse=True)
def own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this machine plays a part."""
    for name in ("SPACE_ID", "SPACE_HOST", "LLAMA_DEMO_HOST", "LLAMA_DEMO_PUBLIC", "LLAMA_DEMO_COPY_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_leaves_ones_own_machine() -> None:
    """It listens on loopback, and nobody else is served."""
    assert said() == ["private"]
    assert said(["--host", "::1"]) == ["private"]


@pytest.mark.parametrize(
    "flags",
    [
        ["--host", "0.0.0.0"],
        ["--public"],
        ["--behind-proxy"],
        ["--allowed-hosts", "https://demo.example"],
    ],
)
def test_texts_go_to_a_server(flags: list[str]) -> None:
    """Also where a proxy stands before loopback."""
    assert said(flags) == ["server"]


def test_texts_go_to_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it listens on."""
    for name, value in SPACE.items():
        monkeypatch.setenv(name, value)
    assert said() == ["space"]
    assert said(["--host", "127.0.0.1"]) == ["space"]


def test_another_server_or_other_storage_is_named(tmp_path: Path) -> None:
    """In place of the promise that it breaks."""
    assert said(elsewhere=["generate"]) == ["elsewhere"]
    assert said(["--public"], elsewhere=["search", "generate"]) == ["elsewhere", "elsewhere.search"]
    assert said(["--copy-dir", str(tmp_path)]) == ["copied"]
    assert said(["--public", "--copy-dir", str(tmp_path)]) == ["server", "copied"]
