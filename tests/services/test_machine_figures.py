"""Figures of the machine, measured with the bundled writer."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.services.machine_figures import MachineFigureService
from llama_demo.services.models import Models

GENERATOR = Path(__file__).parents[2] / "assets" / "models" / "generator"


def test_the_figures_are_measured_and_told_again_for_a_while() -> None:
    """Speeds are above zero; the shares behind "the farmer" and "the teacher" differ as the page says."""
    times = iter((0.0, 10.0, 100.0, 100.0))
    service = MachineFigureService(Models([GENERATOR], device="cpu"), clock=lambda: next(times))
    found = service.measure()
    assert found.multiply_adds > 1e8
    assert found.tokens_per_second > 1
    assert found.loaded == ["generator"]
    shares = {one.person: one.he / (one.he + one.she) for one in found.pronouns}
    assert shares["farmer"] > 0.9
    assert shares["teacher"] < 0.4
    assert service.measure() is found
    again = service.measure()
    assert again is not found
    assert [one.he for one in again.pronouns] == pytest.approx([one.he for one in found.pronouns])
