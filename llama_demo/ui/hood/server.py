"""Server functions of the tab "Inside"."""

from __future__ import annotations

from llama_demo.services.inspection.sources import source_code
from llama_demo.ui.calls import Call
from llama_demo.ui.hood.schemas import (
    AttentionRequest,
    AttentionResponse,
    BeamsRequest,
    BeamsResponse,
    HeadsRequest,
    HeadsResponse,
    InspectionRequest,
    InspectionResponse,
    LensResponse,
    NeighboursRequest,
    NeighboursResponse,
    NextTokenRequest,
    NextTokenResponse,
    PositionsResponse,
    SamplesResponse,
    SentencesRequest,
    SentencesResponse,
    SourceRequest,
    SourceResponse,
    SpanLensResponse,
    SwapRequest,
    SwapResponse,
)
from llama_demo.ui.hood.serializers import (
    serialize_beams,
    serialize_inspection,
    serialize_next,
    serialize_tensor,
    serialize_tokens,
)
from llama_demo.ui.tab_context import Services


def _beams_key(call: Call) -> str:
    """Names the beam search of a page; empty for a caller without one, whose search cannot be stopped."""
    return f"beams:{call.page}" if call.page else ""


class InspectionServer:
    """What a model does inside."""

    def __init__(self, services: Services) -> None:
        self._models = services.models
        self._inspection = services.inspection

    def look(self, _: Call, request: InspectionRequest) -> InspectionResponse:
        """A subject as its model reads it."""
        seen = self._inspection.look(request.subject)
        entry = self._models.entry(seen.model)
        return serialize_inspection(seen, entry, len(request.text))

    def source_code(self, _: Call, request: SourceRequest) -> SourceResponse:
        """The source of a function that the tour refers to."""
        found = source_code(request.name)
        return SourceResponse(name=found.name, file=found.file, first_line=found.line, code=found.code)

    def neighbours(self, _: Call, request: NeighboursRequest) -> NeighboursResponse:
        """Tokens that are close in embedding space."""
        found = self._inspection.neighbours(request.subject, request.token)
        return NeighboursResponse(tokens=serialize_tokens(found))

    def sentences(self, _: Call, request: SentencesRequest) -> SentencesResponse:
        """Cosines of sentences' vectors."""
        cosines = self._inspection.sentences(request.sentences)
        return SentencesResponse(cosines=[[round(one, 4) for one in row] for row in cosines])

    def positions(self, _: Call, request: InspectionRequest) -> PositionsResponse:
        """How the subject's model tells positions apart."""
        found = self._inspection.positions(request.subject)
        return PositionsResponse(
            kind=found.kind,
            vectors=serialize_tensor(found.vectors),
            frequencies=[float(one) for one in found.frequencies],
        )

    def swap(self, _: Call, request: SwapRequest) -> SwapResponse:
        """What changes when two tokens change places."""
        found = self._inspection.swap(request.subject, request.first, request.second)
        return SwapResponse(
            cosines=[round(one, 4) for one in found.cosines],
            before=serialize_tokens(found.before),
            after=serialize_tokens(found.after),
        )

    def attention(self, _: Call, request: AttentionRequest) -> AttentionResponse:
        """The attention of a layer."""
        found = self._inspection.attention(request.subject, request.kind, request.layer)
        return AttentionResponse(weights=serialize_tensor(found))

    def heads(self, _: Call, request: HeadsRequest) -> HeadsResponse:
        """The heads of a layer at one token, some of them switched off."""
        found = self._inspection.heads(
            request.subject, request.kind, request.layer, query=request.query, silenced=request.silenced
        )
        return HeadsResponse(
            rows=serialize_tensor(found.rows),
            outputs=serialize_tensor(found.outputs),
            total=serialize_tensor(found.total),
            before=serialize_tokens(found.before),
            after=serialize_tokens(found.after),
            unsilenced=[round(one, 5) for one in found.unsilenced],
            remaining=round(found.remaining, 5),
        )

    def next(self, _: Call, request: NextTokenRequest) -> NextTokenResponse:
        """The prediction of the next token under a sampling."""
        found = self._inspection.next(request.subject, request.sampling, position=request.position)
        return serialize_next(found)

    def samples(self, _: Call, request: NextTokenRequest) -> SamplesResponse:
        """Tokens drawn for the same place."""
        counts = self._inspection.samples(
            request.subject, request.sampling, request.count, position=request.position
        )
        return SamplesResponse(counts=sorted(counts.items(), key=lambda one: -one[1]))

    def beams(self, call: Call, request: BeamsRequest) -> BeamsResponse:
        """A beam search as a tree."""
        found = self._inspection.beams(request.subject, request.beams, key=_beams_key(call))
        return serialize_beams(found)

    def stop_beams(self, call: Call) -> None:
        """End the page's beam search."""
        self._inspection.stop(_beams_key(call))

    def lens(self, _: Call, request: InspectionRequest) -> LensResponse:
        """The prediction after each layer."""
        found = self._inspection.lens(request.subject)
        layers = [[serialize_tokens(cell) for cell in layer] for layer in found.layers]
        return LensResponse(positions=found.positions, layers=layers)

    def span_lens(self, _: Call, request: InspectionRequest) -> SpanLensResponse:
        """Where the reader sees the answer after each layer."""
        found = self._inspection.span_lens(request.subject)
        starts, ends = (
            [[round(float(one), 4) for one in row] for row in side] for side in (found.starts, found.ends)
        )
        return SpanLensResponse(starts=starts, ends=ends)
