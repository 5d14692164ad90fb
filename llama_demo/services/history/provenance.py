"""Which runs have a text that a model wrote."""

from __future__ import annotations

from typing import Literal

from llama_demo.store.run import Run

Provenance = Literal["generated", "translated", ""]
"""How the text of a run came about; empty for one that quotes or lists what others wrote."""

SOURCE_TYPES = {
    "generated": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    "translated": "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
    "": "",
}
"""Digital source types of the IPTC by provenance, for programs that read an export."""


def provenance_of(run: Run) -> Provenance:
    """The provenance of a run's output; a summary or an answer that is quoted was not generated."""
    if not run.output.strip():
        return ""
    if run.task == "translate":
        return "translated"
    if run.task == "ask" and run.options.get("answerer") == "extractive":
        return ""
    return "generated" if run.task in ("generate", "ask") and run.model else ""
