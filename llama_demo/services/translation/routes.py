"""Routes between languages: which model, or chain of models, translates each direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import InputError
from llama_demo.language import Language, language_of
from llama_demo.services.models import Models
from llama_demo.tasks.translate_by_prompt import PROMPTED, PromptedHop
from llama_demo.tasks.translation_hops import Hop, SequenceHop

PIVOT = "en"
"""The pivot language of two-step routes: every translator knows it."""

_FIRST = PROMPTED


@dataclass(frozen=True)
class Route:
    """The models that translate one direction.

    Attributes:
        models: names in the order of use: one, or two for a route through the pivot language.
        via: the pivot language, or empty.
        prompted: whether an instruction-tuned decoder is prompted; it has no alignment.
    """

    source: str
    target: str
    models: tuple[str, ...]
    via: str = ""
    prompted: bool = False

    @property
    def model(self) -> str:
        """The models' names joined by `` + ``, each once."""
        return " + ".join(dict.fromkeys(self.models))


Routes = Mapping[str, Mapping[str, Sequence[Route]]]
"""Routes by source language and target language, best first."""


def all_routes(models: Models) -> Routes:
    """Every route that the models offer; languages are in display order."""
    return _table(tuple(models.entries("translate")), tuple(models.entries("generate")))


@lru_cache(maxsize=4)  # a model with a hundred languages has ten thousand directions
def _table(translators: tuple[ModelEntry, ...], writers: tuple[ModelEntry, ...]) -> Routes:
    found: dict[tuple[str, str], list[Route]] = {}
    for route in _routes(translators, writers):
        found.setdefault((route.source, route.target), []).append(route)
    targets: dict[str, set[str]] = {}
    for source, target in found:
        targets.setdefault(source, set()).add(target)
    return {
        source: {target: found[source, target] for target in _ordered(targets[source])}
        for source in _ordered(targets)
    }


def choose(routes: Routes, source: str, target: str, model: str) -> Route:
    """The best route of a direction, or the best one that uses ``model``.

    Raises:
        InputError: ``model_unknown``, ``language_not_offered``, ``direction_not_offered``.
    """
    names = {name for route in _each(routes) for name in route.models}
    if model and model not in names:
        raise InputError("model_unknown", name=model[:80], known=", ".join(sorted(names)))
    for language in (source, target):
        offered = set(routes) | {b for targets in routes.values() for b in targets}
        if language not in offered:
            known = tuple(map(_named, _ordered(offered)))
            raise InputError("language_not_offered", language=_named(language), known=known)
    offers = routes.get(source, {}).get(target, ())
    fitting = [route for route in offers if not model or model in route.models]
    if not fitting:
        raise InputError(
            "direction_not_offered",
            source=_named(source),
            target=_named(target),
            model=model or "–",
        )
    return fitting[0]


def _named(code: str) -> Language | str:
    """The language, which the reader's texts name; what is no code stays as it is."""
    return language_of(code) or code


def _each(routes: Routes) -> Iterator[Route]:
    return (route for targets in routes.values() for offers in targets.values() for route in offers)


def hops_of(models: Models, route: Route) -> tuple[Hop, ...]:
    """The steps of a route; loads its models if necessary.

    Raises:
        DemoError: a model cannot be loaded.
    """
    if route.prompted:
        return (PromptedHop(models.writer(route.models[0]), route.source, route.target),)
    stops = (route.source, *([route.via] if route.via else []), route.target)
    return tuple(
        SequenceHop(models.translator(name), source, target)
        for name, source, target in zip(route.models, stops[:-1], stops[1:], strict=True)
    )


def _routes(translators: Sequence[ModelEntry], writers: Sequence[ModelEntry]) -> Iterator[Route]:
    """All routes: direct ones, then those through the pivot, then prompted decoders."""
    direct = [(entry.name, *_pair(one)) for entry in translators for one in entry.directions]
    for name, source, target in direct:
        yield Route(source, target, (name,))
    known = {(source, target) for _, source, target in direct}
    into = [(name, source) for name, source, target in direct if target == PIVOT]
    out_of = [(name, target) for name, source, target in direct if source == PIVOT]
    for (first, source), (second, target) in product(into, out_of):
        if source != target and (source, target) not in known:
            yield Route(source, target, (first, second), via=PIVOT)
    for entry in writers:
        if entry.follows_instructions:
            for source, target in product(PROMPTED, PROMPTED):
                if source != target:
                    yield Route(source, target, (entry.name,), prompted=True)


def _pair(direction: str) -> tuple[str, str]:
    source, _, target = direction.partition("-")
    return source, target


def _ordered(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=lambda code: (_FIRST.index(code) if code in _FIRST else len(_FIRST), code))
