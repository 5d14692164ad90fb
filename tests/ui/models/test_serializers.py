"""What the Models tab gets of the checkpoint service."""

from __future__ import annotations

from llama_demo.errors import DemoError
from llama_demo.services.checkpoints.downloads import DownloadStatus
from llama_demo.services.checkpoints.fit import Fit, MemoryEstimate
from llama_demo.services.checkpoints.offers import ModelOffer
from llama_demo.services.checkpoints.service import ModelProgress
from llama_demo.ui.models.serializers import serialize_offer, serialize_progress

FIT = Fit("bfloat16", MemoryEstimate(10, 20, 30), "fits", 5.0)
OFFER = ModelOffer(
    repository="someone/tiny",
    revision="main",
    name="tiny",
    task="generate",
    family="llama",
    parameters=1,
    bytes=2,
    context=512,
    languages=("en",),
    directions=(),
    licence="mit",
    gated=False,
    summary={"en": "Small.", "zh": "很小。"},
    sets=(),
    bundled=False,
    downloaded=False,
    state="available",
    active=False,
    fits=(FIT,),
)


def test_an_offer_says_how_fast_in_words_and_what_for_in_each_language() -> None:
    """The page shows both without asking again when the language changes."""
    item = serialize_offer(OFFER)
    assert item.fits[0].pace == "as_you_read"
    assert set(item.summary.values()) == {"Small.", "很小。"}


def test_a_failure_is_a_sentence_that_runs_nothing() -> None:
    """What a hub answers is shown as text."""
    failed = DownloadStatus("a/b", state="failed", error=DemoError("hub_not_found", repository="<b>x</b>"))
    problem = serialize_progress(ModelProgress((failed,), None, False, 1)).downloads[0].problem
    assert "<b>" not in problem
    assert "&lt;b&gt;" in problem
