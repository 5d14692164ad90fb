"""Every text that a script shows is there when it is shown."""

from __future__ import annotations

import re

from llama_demo.ui.browser_texts import first_and_later
from llama_demo.ui.modules import modules, needed
from llama_demo.ui.texts import catalogue


def used(source: str) -> set[str]:
    """The keys that a script names, and those that begin as it says before it adds a part."""
    known = catalogue("en").entries
    beginnings = re.findall(r"`([a-z_]+(?:\.[a-z_]+)*\.)\$\{", source)
    named = {key for key in re.findall(r"[\"`]([a-z_]+(?:\.[a-z_]+)+)[\"`]", source) if key in known}
    return named | {key for key in known if key.startswith(tuple(beginnings))}


def test_the_first_tab_waits_for_no_other_texts() -> None:
    """A text that came later would break the page before it is there."""
    sources = modules()
    first, later = first_and_later(sources.values())
    early = needed(["index.js", "page/index.js", "generate/index.js"], sources)
    keys = set[str]().union(*(used(sources[path].decode()) for path in early))
    assert len(keys) > 50
    assert keys - first["en"].keys() == set()
    everything = set[str]().union(*(used(source.decode()) for source in sources.values()))
    assert everything - first["en"].keys() - later["en"].keys() == set()
    assert first["en"].keys() == first["zh-CN"].keys()
