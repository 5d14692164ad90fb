"""The locked versions, and the licences of what is installed with the app."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKED = re.findall(
    r"^([\w.-]+)==([\w.+!-]+)(?: ;([^\\\n]*))?", (ROOT / "requirements.lock").read_text(), re.M
)
ASKED = [
    Requirement(line.split(" #")[0])
    for line in (ROOT / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_lock_file_has_what_is_required(asked: Requirement) -> None:
    """Whoever installs from it gets a version that the ranges allow."""
    versions = [
        version for name, version, _ in LOCKED if canonicalize_name(name) == canonicalize_name(asked.name)
    ]
    assert versions
    assert all(asked.specifier.contains(version) for version in versions)


def test_every_locked_package_has_hashes() -> None:
    """A package that was exchanged on its way is not installed."""
    entries = re.split(r"^(?=[\w.-]+==)", (ROOT / "requirements.lock").read_text(), flags=re.M)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_licence_of_every_package_is_listed() -> None:
    """Of those that every platform gets."""
    rows = re.findall(r"^\| ([\w.-]+) +\|", (ROOT / "docs" / "licences.md").read_text(), re.M)
    listed = {canonicalize_name(name) for name in rows}
    assert {name for name, _, marker in LOCKED if not marker.strip()} - listed - {
        "pip",
        "setuptools",
    } == set()
