"""What crosses between the tab "Inside" and the server."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from llama_demo.services.inspection.service import Sampling
from llama_demo.services.inspection.subject import InspectedTask, InspectionSubject
from llama_demo.ui.schemas import Name, Schema, Text

MOST_SENT = 1_000_000
"""Characters of a text in a request; the service names its own, lower limit in its error."""

LongText = Annotated[Text, Field(max_length=MOST_SENT)]


class InspectionRequest(Schema):
    """A subject: see :class:`~llama_demo.services.inspection.subject.InspectionSubject`."""

    task: InspectedTask = "generate"
    text: LongText = ""
    passage: LongText = ""
    source: Name = "en"
    target: Name = "zh"
    translation: LongText = ""
    model: Name = ""
    preset: Name = "free"
    form: Name = ""
    theme: Name = ""
    continuation: list[int] = Field(default=[], max_length=10_000)

    @property
    def subject(self) -> InspectionSubject:
        """The subject that is asked for."""
        fields = {name: getattr(self, name) for name in InspectionRequest.model_fields}
        return InspectionSubject(**{**fields, "continuation": tuple(self.continuation)})


class TokenPieceItem(Schema):
    """A token: its id, its characters, and the vocabulary's name for it."""

    id: int
    text: str
    name: str


class TokenisedTextItem(Schema):
    """The tokens of a text; ``cut`` of them were left out at its end."""

    part: str
    pieces: list[TokenPieceItem]
    cut: int


class ArchitectureItem(Schema):
    """The shape of a network: see :class:`~llama_demo.engine.inspection.Architecture`."""

    kind: str
    vocabulary: int
    width: int
    context: int
    encoder_layers: int
    decoder_layers: int
    heads: int
    key_heads: int
    mlp_width: int
    activation: str
    norm: str
    norm_place: str
    positions: str


class AttentionKindItem(Schema):
    """A kind of attention that the model has."""

    name: str
    layers: int
    heads: int
    key_heads: int
    queries: str
    keys: str
    causal: bool


class InspectionResponse(Schema):
    """A subject as its model reads it.

    Attributes:
        parameters: of the model.
        second: where the passage begins among the tokens of a question with its passage.
        characters: of the text.
    """

    task: InspectedTask
    model: str
    family: str
    parameters: int
    architecture: ArchitectureItem
    texts: list[TokenisedTextItem]
    kinds: list[AttentionKindItem]
    second: int
    characters: int
    most: int


class SourceRequest(Schema):
    """The name of a function that the tour refers to."""

    name: Name


class SourceResponse(Schema):
    """Its source."""

    name: str
    file: str
    first_line: int
    code: str


class TensorItem(Schema):
    """Numbers of any shape, each in 16 bits.

    Attributes:
        low, high: what 0 and 65,535 stand for.
        data: the numbers row by row, in base64, the lower byte first.
    """

    shape: list[int]
    low: float
    high: float
    data: str


class NamedTokenItem(Schema):
    """A token of the vocabulary with its probability or similarity."""

    id: int
    name: str
    value: float


class NeighboursRequest(InspectionRequest):
    """Asks for the tokens that are close to one of the subject's in embedding space."""

    token: int = 0


class NeighboursResponse(Schema):
    """The closest first, with their cosines."""

    tokens: list[NamedTokenItem]


class SentencesRequest(Schema):
    """Sentences to be compared by their vectors."""

    sentences: list[LongText] = Field(max_length=24)


class SentencesResponse(Schema):
    """Cosines of each sentence with each."""

    cosines: list[list[float]]


class PositionsResponse(Schema):
    """How a model tells positions apart: see :class:`~llama_demo.engine.inspection.PositionTable`."""

    kind: str
    vectors: TensorItem
    frequencies: list[float]


class SwapRequest(InspectionRequest):
    """Asks what changes when two tokens change places."""

    first: int
    second: int


class SwapResponse(Schema):
    """Cosines of each token's last vector before and after, and both predictions."""

    cosines: list[float]
    before: list[NamedTokenItem]
    after: list[NamedTokenItem]


class AttentionRequest(InspectionRequest):
    """Asks for the attention of one kind in a layer."""

    kind: Name
    layer: int


class AttentionResponse(Schema):
    """Attention of all heads (heads, queries, keys)."""

    weights: TensorItem


class HeadsRequest(AttentionRequest):
    """Asks what the heads do at one token, and what is predicted without some of them."""

    query: int = -1
    silenced: list[int] = Field(default=[], max_length=1_000)


class HeadsResponse(Schema):
    """See :class:`~llama_demo.services.inspection.views.HeadsView`."""

    rows: TensorItem
    outputs: TensorItem
    total: TensorItem
    before: list[NamedTokenItem]
    after: list[NamedTokenItem]
    unsilenced: list[float]
    remaining: float


class NextTokenRequest(InspectionRequest):
    """Asks for the next token behind ``position``; -1 is the last one.

    The other fields are those of :class:`~llama_demo.engine.request.Sampling`.
    """

    position: int = -1
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    seed: int = 0
    count: int = Field(default=100, ge=1, le=200)

    @property
    def sampling(self) -> Sampling:
        """How it is drawn."""
        return Sampling(self.temperature, self.top_k, self.top_p, self.min_p, seed=self.seed)


class NextTokenItem(Schema):
    """A token with its probability under the model, and that of being drawn."""

    id: int
    name: str
    model: float
    sampling: float


class NextTokenResponse(Schema):
    """The likeliest tokens; how many can be drawn; bits of entropy of the model's own distribution."""

    tokens: list[NextTokenItem]
    allowed: int
    entropy: float


class SamplesResponse(Schema):
    """How often each token was drawn, by id."""

    counts: list[tuple[int, int]]


class BeamsRequest(InspectionRequest):
    """Asks for a beam search."""

    beams: int = 3


class BeamNodeItem(Schema):
    """See :class:`~llama_demo.services.inspection.beam_tree.BeamNode`."""

    parent: int
    step: int
    name: str
    score: float
    state: str


class ScoredTextItem(Schema):
    """A translation with its mean log-probability per token."""

    text: str
    score: float


class BeamsResponse(Schema):
    """See :class:`~llama_demo.services.inspection.beam_tree.BeamTree`."""

    nodes: list[BeamNodeItem]
    best: list[int]
    texts: list[ScoredTextItem]
    greedy: list[str]
    greedy_text: ScoredTextItem


class LensResponse(Schema):
    """The likeliest tokens after each layer, the embedding first, behind each of the positions."""

    positions: list[int]
    layers: list[list[list[NamedTokenItem]]]


class SpanLensResponse(Schema):
    """A reader's probabilities of the answer's first and last token after each layer (layers, tokens)."""

    starts: list[list[float]]
    ends: list[list[float]]
