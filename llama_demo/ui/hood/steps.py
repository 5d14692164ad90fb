"""The steps of the guided tour, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class TourStep:
    """A step: texts ``hood.step.<name>``, ``hood_<name>.html``, and ``step_<name>.js`` of its module.

    Attributes:
        tasks: of the models that it can look into, the one that the tour shows first; empty for a step
            that needs no subject.
        sources: names of :data:`~llama_demo.services.inspection.sources.SOURCES` that compute it.
    """

    name: str
    tasks: Sequence[str] = ()
    sources: Sequence[str] = ()


EVERY = ("generate", "translate", "ask", "search")

STEPS: Sequence[TourStep] = (
    TourStep("tokens", EVERY, ("tokens.encode", "tokens.pieces")),
    TourStep(
        "embedding", ("search", "ask", "generate", "translate"), ("embedding.hidden", "embedding.static")
    ),
    TourStep("positions", EVERY, ("positions.rotary", "positions.sinusoidal", "positions.learned")),
    TourStep("attention", EVERY, ("attention.attend", "attention.grouped")),
    TourStep("heads", ("generate", "translate", "ask"), ("heads.llama", "heads.join")),
    TourStep("next", ("generate", "translate"), ("next.truncate", "next.sampler", "next.beams")),
    TourStep("layers", ("generate", "translate", "ask"), ("layers.llama", "layers.swiglu", "layers.rmsnorm")),
    TourStep("training", (), ("training.step", "training.run", "training.word")),
    TourStep("architecture", (), ("architecture.llama", "architecture.encoder", "architecture.decoder")),
    TourStep("bias", (), ("bias.score", "bias.means")),
    TourStep("questions"),
)
