"""The Translate tab: what the page is told of its directions."""

from __future__ import annotations

import json
from pathlib import Path

from llama_demo.services.models import Models
from llama_demo.services.translation.routes import all_routes
from llama_demo.ui.translate.tab import packed_routes
from tests.conftest import GENERATOR
from tests.translators import write_nllb, write_translator


def test_forty_thousand_directions_are_a_small_part_of_the_page(tmp_path: Path) -> None:
    """None is lost, and the default way of each stays the first."""
    folders = [write_translator(tmp_path / "few"), write_nllb(tmp_path / "many")]
    routes = all_routes(Models([GENERATOR, *folders], device="cpu"))
    packed = packed_routes(routes)
    unpacked = {
        (source, target): [packed["ways"][one]["model"] for one in numbers]
        for source, groups in packed["sources"].items()
        for targets, numbers in groups
        for target in targets.split()
    }
    assert unpacked == {
        (source, target): [route.models[0] for route in offers]
        for source, targets in routes.items()
        for target, offers in targets.items()
    }
    assert len(unpacked) > 37_000
    assert unpacked["en", "zh"] == ["few", "many"]
    assert len(json.dumps(packed)) < 200_000
