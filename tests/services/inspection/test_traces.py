"""What is held of inspected texts: little, for one visitor, for a while, and nothing after "Delete all"."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from llama_demo.engine.fair_share import Client
from llama_demo.errors import InputError
from llama_demo.services.admission import call_for, client_of
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.inspection.subject import InspectionSubject
from llama_demo.services.inspection.traces import Traces
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit, resolve
from llama_demo.tasks.prompts import LONGEST_PROMPT

BUNDLED = Path(__file__).parents[3] / "assets" / "models"
STORY = InspectionSubject("generate", "Tom had a red ball.")


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(sorted(BUNDLED.iterdir()))


def visitor(name: str, address: str = "10.0.0.1") -> Visit:
    return resolve(public=True, secret=name * 40, page=name, address=address)


def look(traces: Traces, visit: Visit) -> None:
    call_for(visit, lambda: traces.trace(traces.subject(STORY)))


def test_a_visitor_who_deletes_everything_leaves_nothing_in_memory(models: Models) -> None:
    """From another address too; what others have looked at stays."""
    traces = Traces(models)
    for visit in (visitor("a"), visitor("a", "10.0.0.2"), visitor("b")):
        look(traces, visit)
        look(traces, visit)
    assert len(traces) == 6
    traces.discard_all(visitor("a", "10.0.0.3"))
    assert len(traces) == 2
    nobody = resolve(public=True, page="p", address="10.0.0.1")
    assert client_of(nobody) == Client("10.0.0.1", "p")
    look(traces, nobody)
    traces.discard_all(nobody)
    assert len(traces) == 2


def test_what_is_not_used_is_dropped_without_another_call(models: Models) -> None:
    """On a server where nobody looks at anything else."""
    traces = Traces(models, lifetime=0.1)
    look(traces, visitor("a"))
    assert len(traces) == 2
    ended = time.monotonic() + 5
    while len(traces):
        assert time.monotonic() < ended
        time.sleep(0.02)


def test_texts_beyond_the_limit_are_refused_before_they_are_tokenised(models: Models) -> None:
    """Wherever they stand: as a translation or as sentences too."""
    inspection, long = InspectionService(models), "x" * (LONGEST_PROMPT + 1)
    since = time.process_time()
    for subject in (
        InspectionSubject("generate", long),
        InspectionSubject("ask", "Who?", long),
        InspectionSubject("translate", "Tea.", translation=long),
    ):
        with pytest.raises(InputError, match="prompt_too_large"):
            inspection.look(subject)
    with pytest.raises(InputError, match="prompt_too_large"):
        inspection.sentences([long, "Tea."])
    assert time.process_time() - since < 1.0
    assert not len(inspection._traces)
