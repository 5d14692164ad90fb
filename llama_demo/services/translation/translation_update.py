"""How far a translation has come, while it runs and as the history keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from llama_demo.errors import DemoError
from llama_demo.services.history.recording import Recording
from llama_demo.services.history.runs import Run
from llama_demo.services.translation.routes import Route
from llama_demo.services.translation.translated import Pair, Pane, from_stored
from llama_demo.services.translation.translation_request import Plan
from llama_demo.text.languages import Guess


@dataclass(frozen=True)
class Update:
    """How far a translation has come.

    Attributes:
        text: the translation so far; each one begins with the one before.
        pairs: the sentences of ``text`` in order.
        done, total: sentences.
        info: the programs' contract: ``source``, ``source_confidence``, ``target``, ``model``, ``via``,
            ``sentences`` (``source``, ``target``, ``score``).
        guess: of the source's language, if it was to be detected.
        route: None if nothing is translated.
        note: ``same_language``, ``other_language`` or ``nothing_to_translate`` if the text is given back as
            it is.
        looks: the language that the text looks like, if another one was asked for; else empty.
        finish_reason: ``end`` or ``stopped`` in the last one, else empty.
        run_id: of its row in the history; None if nothing is kept.
        warning: why the history could not be written, if so.
    """

    text: str = ""
    pairs: tuple[Pair, ...] = ()
    done: int = 0
    total: int = 0
    info: dict[str, object] = field(default_factory=dict)
    guess: Guess | None = None
    route: Route | None = None
    note: str = ""
    looks: str = ""
    finish_reason: str = ""
    run_id: str | None = None
    warning: DemoError | None = None


def update_of(plan: Plan, pane: Pane, recording: Recording, total: int, reason: str = "") -> Update:
    """The pane now; ``reason`` is the finish reason of the last one."""
    pairs = tuple(pane.pairs)
    return Update(
        pane.text,
        pairs,
        done=len(pairs),
        total=total,
        info={**plan.facts, "sentences": _sentences(pairs, plan.asked.text, pane.text)},
        guess=plan.guess,
        route=plan.route,
        note=plan.note,
        looks=plan.looks,
        finish_reason=reason,
        run_id=recording.id,
        warning=recording.warning,
    )


def update_before(run: Run) -> Update:
    """What came of a translation, from its row, sentences and places included."""
    told = run.timings
    pairs = from_stored(told.get("pairs"), run.input, run.output)
    facts = {name: told.get(name, "") for name in ("source", "source_confidence", "target", "model", "via")}
    total = told.get("total")
    return Update(
        run.output,
        pairs,
        done=len(pairs),
        total=total if type(total) is int else len(pairs),
        info={**facts, "sentences": _sentences(pairs, run.input, run.output)},
        note=str(told.get("note", "")),
        finish_reason="stopped" if run.status == "stopped" else "end",
        run_id=run.id,
    )


def _sentences(pairs: Sequence[Pair], source: str, target: str) -> list[dict[str, object]]:
    return [
        {
            "source": source[slice(*pair.source)],
            "target": target[slice(*pair.target)],
            "score": pair.score,
        }
        for pair in pairs
    ]
