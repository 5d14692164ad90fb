"""Looks inside the models: tokens, embeddings, positions, attention, heads, predictions."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from llama_demo.engine.beam_search import Search
from llama_demo.engine.inspection import (
    Floats,
    ForwardTrace,
    PositionTable,
    SilencedHead,
    draw,
    draw_probabilities,
    head_outputs,
    layer_logits,
    layer_span_logits,
    nearest_rows,
    next_tokens,
    position_table,
    trace_search,
)
from llama_demo.engine.request import Sampling, in_range
from llama_demo.errors import InputError
from llama_demo.services.inspection.beam_tree import BeamTree, beam_nodes, path_to
from llama_demo.services.inspection.subject import MOST_TOKENS, Inspectable, InspectionSubject
from llama_demo.services.inspection.traces import Traces
from llama_demo.services.inspection.views import (
    HeadsView,
    LayerPredictions,
    NamedToken,
    NextTokens,
    SpanPredictionsByLayer,
    SwapView,
)
from llama_demo.services.models import Models
from llama_demo.services.stop_registry import StopRegistry
from llama_demo.services.visits import Visit
from llama_demo.tasks.embed import embed
from llama_demo.tasks.prompts import checked_text

__all__ = ["InspectionService", "Sampling"]

MOST_SAMPLES, MOST_SENTENCES, MOST_BEAMS = 200, 24, 5
LONGEST_BEAM = 40
"""Tokens of a beam search that is drawn as a tree."""

LENS_POSITIONS, LENS_CHOICES = 10, 5


class InspectionService:
    """Computes what the page draws. Thread-safe; passes take the turns of the current client."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._traces = Traces(models)
        self._stops = StopRegistry()

    def stop(self, key: str) -> bool:
        """End the beam search that was begun under ``key``; returns whether there was one."""
        return self._stops.stop(key)

    def discard_all(self, visit: Visit) -> None:
        """Drop what is held in memory of the visitor's texts."""
        self._traces.discard_all(visit)

    def look(self, subject: InspectionSubject) -> Inspectable:
        """The subject as its model reads it.

        Raises:
            DemoError: it cannot be read, or its model cannot be loaded.
        """
        return self._traces.subject(subject)

    def neighbours(self, subject: InspectionSubject, token: int, *, count: int = 12) -> list[NamedToken]:
        """The tokens whose embeddings are closest to that of token number ``token``, by cosine."""
        seen = self.look(subject)
        ids = seen.texts[0].ids
        in_range("token", token, 0, len(ids) - 1)
        found = seen.run(partial(nearest_rows, row=ids[token], count=count))
        return [NamedToken(one, seen.piece(one), cosine) for one, cosine in found]

    def sentences(self, sentences: Sequence[str]) -> list[list[float]]:
        """Cosines of sentences with each other, by the sentence encoder.

        Raises:
            InputError: there are too many, they are too long, or no model embeds sentences.
        """
        if not 1 <= len(sentences) <= MOST_SENTENCES:
            raise InputError(
                "out_of_range", name="sentences", value=len(sentences), low=1, high=MOST_SENTENCES
            )
        checked_text("".join(sentences))
        vectors = embed(self._models.encoder(), list(sentences)).vectors
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        cosines: list[list[float]] = (vectors @ vectors.T).tolist()
        return cosines

    def positions(self, subject: InspectionSubject) -> PositionTable:
        """How the subject's model tells positions apart."""
        seen = self.look(subject)
        table: PositionTable = seen.run(partial(position_table, count=MOST_TOKENS))
        return table

    def swap(self, subject: InspectionSubject, first: int, second: int) -> SwapView:
        """What changes when two tokens of a decoder's text change places."""
        seen = self.look(subject)
        if seen.task != "generate":
            raise InputError("inspection_no_prediction", model=seen.model)
        pieces = seen.texts[0].pieces
        for place in (first, second):
            in_range("token", place, 0, len(pieces) - 1)
        order = list(range(len(pieces)))
        order[first], order[second] = second, first
        swapped = seen.with_last([pieces[place] for place in order])
        one, other = self._traces.trace(seen), self._traces.trace(swapped)
        states, moved = one.tensors["norm"], other.tensors["norm"][order]
        lengths = np.linalg.norm(states, axis=1) * np.linalg.norm(moved, axis=1)
        cosines = ((states * moved).sum(axis=1) / np.maximum(lengths, 1e-9)).tolist()
        return SwapView(cosines, self._predictions(seen, one), self._predictions(seen, other))

    def attention(self, subject: InspectionSubject, kind: str, layer: int) -> Floats:
        """The attention of all heads of a layer (H, T, S); rows sum to 1."""
        seen = self.look(subject)
        chosen = seen.kind(kind)
        in_range("layer", layer, 0, chosen.layers - 1)
        return self._traces.trace(seen).tensors[f"{chosen.place.format(layer)}.rows"]

    def heads(
        self,
        subject: InspectionSubject,
        kind: str,
        layer: int,
        *,
        query: int = -1,
        silenced: Collection[int] = (),
    ) -> HeadsView:
        """What the heads of a layer do at token ``query``, and what is predicted without some of them.

        ``query`` counts the tokens of the kind's queries; -1 is the last one.
        """
        seen = self.look(subject)
        chosen = seen.kind(kind)
        in_range("layer", layer, 0, chosen.layers - 1)
        if any(not 0 <= head < chosen.heads for head in silenced):
            raise InputError("out_of_range", name="head", value=max(silenced), low=0, high=chosen.heads - 1)
        in_range("query", query, -1, len(seen.part(chosen.queries).pieces) - 1)
        place = chosen.place.format(layer)
        if chosen.queries == seen.texts[-1].part and seen.task in ("generate", "translate"):
            seen, query = _up_to(seen, query), -1
        trace = self._traces.trace(seen)
        without = self._traces.trace(seen, [SilencedHead(place, head) for head in silenced])
        results = trace.tensors[f"{place}.heads"][:, query]  # (H, D)
        outputs: Floats = seen.run(partial(head_outputs, place=place, heads=results))
        heard = [head for head in range(chosen.heads) if head not in set(silenced)]
        before, after = self._predictions(seen, trace), self._predictions(seen, without)
        shares, left = (_shares(seen, one) for one in (trace, without))
        return HeadsView(
            trace.tensors[f"{place}.rows"][:, query],
            outputs,
            outputs[heard].sum(axis=0),
            before,
            after,
            [float(shares[one.id]) for one in after],
            float(left[before[0].id]),
        )

    def next(
        self, subject: InspectionSubject, sampling: Sampling, *, position: int = -1, count: int = 20
    ) -> NextTokens:
        """The likeliest tokens behind token ``position``, and what the sampler makes of them.

        Raises:
            InputError: ``inspection_no_prediction``; the model writes nothing.
        """
        seen, trace = self._writing(subject, position)
        tokens = next_tokens(trace.logits, sampling, count)
        own = _probabilities(trace.logits)
        entropy = float(-(own * np.log2(np.maximum(own, 1e-30))).sum())
        names = [seen.piece(token.id) for token in tokens]
        return NextTokens(tokens, names, len(draw_probabilities(trace.logits, sampling)), entropy)

    def samples(
        self, subject: InspectionSubject, sampling: Sampling, count: int, *, position: int = -1
    ) -> dict[int, int]:
        """How often each token is drawn in ``count`` draws for the same place."""
        in_range("count", count, 1, MOST_SAMPLES)
        _, trace = self._writing(subject, position)
        drawn = draw(trace.logits, sampling, count)
        return {token: drawn.count(token) for token in set(drawn)}

    def beams(self, subject: InspectionSubject, beams: int, *, key: str = "") -> BeamTree:
        """Beam search and greedy search for the source of a translation.

        Raises:
            InputError: ``inspection_no_search``; ``stopped``.
        """
        in_range("beams", beams, 2, MOST_BEAMS)
        stop = threading.Event()
        with self._stops.register(key, stop.set):
            seen = self._traces.subject(subject, stop.is_set)
            if seen.task != "translate":
                raise InputError("inspection_no_search", model=seen.model)
            vocabulary = self._models.translator(subject.model).vocabulary
            work = partial(
                trace_search,
                source=seen.part("source").ids,
                prefix=vocabulary.prefix(subject.target),
                limit=LONGEST_BEAM,
                stopped=stop.is_set,
            )
            tried = seen.run(partial(work, how=Search(beams=beams, best=beams)))
            greedy = seen.run(partial(work, how=Search()))
        if tried is None or greedy is None:
            raise InputError("stopped")
        texts = [(vocabulary.decode(one.ids)[0], one.score) for one in tried.found]
        nodes = beam_nodes(seen, tried.steps)
        likeliest = greedy.found[0]
        return BeamTree(
            nodes,
            path_to(nodes, tried.found[0]),
            [seen.piece(one) for one in likeliest.ids],
            texts,
            (vocabulary.decode(likeliest.ids)[0], likeliest.score),
        )

    def lens(self, subject: InspectionSubject) -> LayerPredictions:
        """The prediction read out after each layer, at the last positions."""
        seen, trace = self._writing(subject)
        side = "" if seen.task == "generate" else "decoder."
        states = [trace.tensors[f"{side}embedding"], *trace.layers(f"{side}layers.{{}}", "hidden")]
        total = len(seen.texts[-1].pieces)
        positions = list(range(max(0, total - LENS_POSITIONS), total))
        states = [one[positions] for one in states]
        found = seen.run(partial(layer_logits, hidden=states))
        layers = [[self._likeliest(seen, row) for row in layer] for layer in found]
        return LayerPredictions(positions, layers)

    def span_lens(self, subject: InspectionSubject) -> SpanPredictionsByLayer:
        """Where the reader sees the answer after each layer.

        Raises:
            InputError: ``inspection_no_prediction``; the model marks nothing.
        """
        seen = self.look(subject)
        if seen.task != "ask":
            raise InputError("inspection_no_prediction", model=seen.model)
        trace = self._traces.trace(seen)
        states = [trace.tensors["embedding"], *trace.layers("encoder.layers.{}", "hidden")]
        found = seen.run(partial(layer_span_logits, hidden=states))
        shares = np.stack([np.apply_along_axis(_probabilities, 0, one) for one in found])  # (L, T, 2)
        return SpanPredictionsByLayer(shares[..., 0], shares[..., 1])

    def _writing(self, subject: InspectionSubject, position: int = -1) -> tuple[Inspectable, ForwardTrace]:
        seen = _up_to(self.look(subject), position)
        if seen.task not in ("generate", "translate"):
            raise InputError("inspection_no_prediction", model=seen.model)
        return seen, self._traces.trace(seen)

    def _predictions(self, seen: Inspectable, trace: ForwardTrace, count: int = 8) -> list[NamedToken]:
        """The likeliest next tokens; for a reader the likeliest first tokens of the answer."""
        shares = _shares(seen, trace)
        if seen.task == "ask":
            pieces = seen.texts[0].pieces
            best = np.argsort(-shares)[:count]
            return [NamedToken(int(i), pieces[i].name, float(shares[i])) for i in best]
        return self._likeliest(seen, np.log(np.maximum(shares, 1e-30)), count)

    def _likeliest(self, seen: Inspectable, logprobs: Floats, count: int = LENS_CHOICES) -> list[NamedToken]:
        if not logprobs.size:
            return []
        best = np.argpartition(-logprobs, min(count, logprobs.size - 1))[:count]
        ordered = best[np.argsort(-logprobs[best])]
        return [NamedToken(int(i), seen.piece(int(i)), float(np.exp(logprobs[i]))) for i in ordered]


def _up_to(seen: Inspectable, position: int) -> Inspectable:
    """The same with the tokens of its last text up to ``position``; all of them for -1 or a reader."""
    pieces = seen.texts[-1].pieces
    if position < 0 or seen.task in ("ask", "search"):
        return seen
    in_range("position", position, 0, len(pieces) - 1)
    return seen.with_last(pieces[: position + 1])


def _probabilities(logits: Floats) -> Floats:
    shares: Floats = np.exp(logits - logits.max(initial=-np.inf))
    shares /= shares.sum()
    return shares


def _shares(seen: Inspectable, trace: ForwardTrace) -> Floats:
    """Probabilities of the next token (V); for a reader of the answer's first token (T)."""
    return _probabilities(trace.logits[:, 0] if seen.task == "ask" else trace.logits)
