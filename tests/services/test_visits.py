"""Who asks: nobody gets another's owner, and everybody gets their language."""

from __future__ import annotations

import hashlib

import pytest

from llama_demo.errors import InputError
from llama_demo.services.visits import Visit, language_of, resolve

SECRET = "0123456789abcdef0123456789abcdef"


def test_at_home_there_is_one_owner_who_is_the_operator() -> None:
    """On one's own machine a secret changes nothing, not even one that would be too short."""
    expected = Visit(owner="local", language="zh", temporary=False, operator=True)
    assert resolve(public=False, language="zh") == expected
    assert resolve(public=False, secret="x", language="zh") == expected
    assert resolve(public=False, secret=SECRET, language="zh") == expected


def test_in_public_each_secret_is_an_owner() -> None:
    """The owner is the secret's SHA-256, so the database never holds the secret; nobody is the operator."""
    visit = resolve(public=True, secret=SECRET, save=True)
    assert visit.owner == hashlib.sha256(SECRET.encode()).hexdigest()
    assert visit == resolve(public=True, secret=SECRET, save=True)
    assert visit.owner != resolve(public=True, secret=SECRET + "0").owner
    assert not visit.operator
    assert not visit.temporary


@pytest.mark.parametrize("save", [None, True, False])
def test_in_public_nothing_is_kept_without_a_secret(save: bool | None) -> None:
    """Even somebody who asks to save has nothing saved: nobody could be shown it again."""
    visit = resolve(public=True, save=save)
    assert visit == Visit(owner=None, language="en", temporary=True, operator=False)


@pytest.mark.parametrize("length", [1, 31])
def test_a_short_secret_is_refused(length: int) -> None:
    """A secret that others could guess would open a history to them; 32 characters are enough."""
    with pytest.raises(InputError) as caught:
        resolve(public=True, secret="s" * length)
    assert caught.value.key == "visitor_too_short"
    assert caught.value.values == {"characters": length, "shortest": 32}


def test_odd_secrets_are_secrets_too() -> None:
    """A secret is any text: Chinese, with NUL, or with half a character, each an owner of its own."""
    secrets = ["密" * 32, "\x00" * 32, "\ud83d" * 32, "\ude00" * 32]
    assert len({resolve(public=True, secret=secret).owner for secret in secrets}) == 4


def test_the_mode_of_the_place_counts_where_nothing_is_said() -> None:
    """One's own machine keeps what is written; a public host keeps nothing unless it was asked to."""
    assert not resolve(public=False).temporary
    assert resolve(public=True, secret=SECRET).temporary
    assert resolve(public=True, secret=SECRET).owner == resolve(public=True, secret=SECRET, save=True).owner


@pytest.mark.parametrize("public", [True, False])
def test_one_call_can_stay_out_of_the_history(public: bool) -> None:
    """save=False makes the call temporary and leaves the owner, who can still read what is there."""
    visit = resolve(public=public, secret=SECRET, save=False)
    assert visit.temporary
    assert visit.owner is not None
    assert not resolve(public=public, secret=SECRET, save=True).temporary


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-HK", "zh"),
        ("zh-Hans-CN", "zh"),
        ("ZH_tw", "zh"),
        ("yue-HK", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en;q=0.5, zh-HK;q=0.7", "zh"),
        ("fr-FR,fr;q=0.9,zh;q=0.1", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("fr,de;q=0.5", None),
        ("*", None),
        ("", None),
        ("zhuang, english", None),
    ],
)
def test_the_language_that_a_browser_wants(tags: str, language: str | None) -> None:
    """Every kind of Chinese is Chinese; among several languages the one that is wanted most wins."""
    assert language_of(tags) == language


@pytest.mark.parametrize(
    "tags", ["zh;q=much", "zh;q=nan", "zh;q=7", ";;;,,;q=1", "\x00\ud83d", "zh;x=1" * 50_000]
)
def test_a_broken_header_is_no_failure(tags: str) -> None:
    """A header is sent by anybody: what cannot be read counts as not wanted."""
    assert language_of(tags) is None
