"""The first layer of the policy: rules that find an intent and an object close together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from llama_demo.safety.moderation import Finding
from llama_demo.safety.policy import Policy, Rule, Stage
from llama_demo.safety.readings import readings
from llama_demo.safety.terms import Occurrence, TermIndex

TAIL = 600
"""Characters at the end of an output that are read: more than any rule spans."""

_NEARBY = 8.0
"""Words round a match in which a term of ``unless`` shows another intent."""


class RuleLayer:
    """The rules of a policy. Linear in the length of a text, whatever it contains."""

    name = "rules"
    interval = 24

    def __init__(self, policy: Policy) -> None:
        self._rules = policy.rules
        self._terms = TermIndex(policy.terms)

    def findings(self, text: str, stage: Stage, _prompt: str = "", /) -> Iterator[Finding]:
        """Each rule that applies to a reading of the text; of an output, to its end."""
        for reading in readings(text[-TAIL:] if stage == "output" else text):
            of_lists: dict[str, list[Occurrence]] = {}
            for one in self._terms.occurrences(reading):
                for name in one.lists:
                    of_lists.setdefault(name, []).append(one)
            for rule in self._rules:
                if stage in rule.stages and _applies(rule, of_lists):
                    yield Finding(rule.id, rule.category, rule.action)


def _applies(rule: Rule, of_lists: Mapping[str, Sequence[Occurrence]]) -> bool:
    """Whether the parts of a rule stand close together, with nothing of ``unless`` nearby."""
    parts = [[one for name in part for one in of_lists.get(name, ())] for part in rule.all]
    if not all(parts):
        return False
    exceptions = sorted(one.start for name in rule.unless for one in of_lists.get(name, ()))
    latest: list[Occurrence | None] = [None] * len(parts)
    in_order = ((one.start, number, one) for number, part in enumerate(parts) for one in part)
    for _, number, one in sorted(in_order, key=lambda entry: entry[:2]):
        latest[number] = one
        if _together(latest, rule.within, exceptions):
            return True
    return False


def _together(latest: Sequence[Occurrence | None], within: float, exceptions: Sequence[float]) -> bool:
    parts = [one for one in latest if one is not None]
    if len(parts) < len(latest) or len({one.start for one in parts}) < len(parts):
        return False
    start, end = min(one.start for one in parts), max(one.end for one in parts)
    if end - start > within:
        return False
    place = bisect_left(exceptions, start - _NEARBY)
    return place == len(exceptions) or exceptions[place] > end + _NEARBY
