"""A beam search as a tree: what was tried at each step, and which of it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_demo.engine.beam_search import BeamCandidate, Hypothesis
from llama_demo.services.inspection.subject import Inspectable


@dataclass(frozen=True)
class BeamNode:
    """A beam with its newest token.

    Attributes:
        parent: index of the node that it continues; -1 for the start.
        token: its id.
        step: number of tokens so far.
        score: natural log-probability of all its tokens.
        state: ``kept``, ``complete`` or ``dropped``.
    """

    parent: int
    step: int
    token: int
    name: str
    score: float
    state: str


@dataclass(frozen=True)
class BeamTree:
    """A beam search as a tree.

    Attributes:
        nodes: parents before their children.
        best: nodes of the best target, first to last.
        greedy: tokens of the greedy target.
        texts: targets that were found, best first, with their scores.
    """

    nodes: list[BeamNode]
    best: list[int]
    greedy: list[str]
    texts: list[tuple[str, float]]
    greedy_text: tuple[str, float]


def beam_nodes(seen: Inspectable, steps: Sequence[Sequence[BeamCandidate]]) -> list[BeamNode]:
    """The candidates of all steps; of those that were dropped as many as there are beams."""
    nodes: list[BeamNode] = []
    beams = {0: -1}  # node of each beam
    for step, candidates in enumerate(steps, start=1):
        following: dict[int, int] = {}
        most = len(candidates) // 2
        for place, one in enumerate(candidates):
            if one.parent not in beams or (one.beam is None and place >= most):
                continue
            state = "complete" if one.complete else "dropped" if one.beam is None else "kept"
            if one.beam is not None:
                following[one.beam] = len(nodes)
            nodes.append(
                BeamNode(beams[one.parent], step, one.token, seen.piece(one.token), one.score, state)
            )
        beams = following
    return nodes


def path_to(nodes: Sequence[BeamNode], found: Hypothesis) -> list[int]:
    """The nodes of a target, first to last, its end mark included."""
    path, parent = [], -1
    children: dict[int, list[int]] = {}
    for number, node in enumerate(nodes):
        children.setdefault(node.parent, []).append(number)
    for token in found.ids:
        parent = next(i for i in children[parent] if nodes[i].token == token and nodes[i].state == "kept")
        path.append(parent)
    return path + [i for i in children.get(parent, ()) if nodes[i].state == "complete"][:1]
