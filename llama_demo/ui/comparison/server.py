"""Server functions of the comparison of two models; its texts are a stream of :mod:`.routes`."""

from __future__ import annotations

from llama_demo.ui.calls import Call
from llama_demo.ui.comparison.schemas import (
    ComparedModelsRequest,
    ComparedModelsResponse,
    VoteRequest,
    VoteResponse,
    VoteTalliesResponse,
)
from llama_demo.ui.comparison.serializers import serialize_candidate, serialize_tallies, serialize_vote
from llama_demo.ui.server import serialize_collection
from llama_demo.ui.tab_context import Services


def comparison_key(call: Call) -> str:
    """Names the comparison of a page."""
    return f"{call.page} comparison" if call.page else ""


class ComparisonServer:
    """The choice of what is compared, Stop, and votes."""

    def __init__(self, services: Services, *, public: bool) -> None:
        self._comparison, self._votes = services.comparison, services.votes
        self._library = services.library
        self._public = public

    def compared_models(self, call: Call, request: ComparedModelsRequest) -> ComparedModelsResponse:
        """The models that can be compared at a task, and what they can be compared with."""
        searches = request.task == "search"
        return ComparedModelsResponse(
            models=[
                serialize_candidate(one) for one in self._comparison.candidates(call.visit, request.task)
            ],
            targets=list(self._comparison.targets()) if request.task == "translate" else [],
            collections=[
                serialize_collection(one) for one in self._library.collections(call.visit) if searches
            ],
            operator=call.visit.operator,
        )

    def stop_comparison(self, call: Call) -> None:
        """Stop both sides of this page's comparison."""
        self._comparison.stop(comparison_key(call))

    def vote(self, call: Call, request: VoteRequest) -> VoteResponse:
        """Vote on a comparison, and learn the names."""
        return serialize_vote(self._votes.vote(call.visit, request.id, request.choice))

    def vote_tallies(self, call: Call) -> VoteTalliesResponse:
        """The votes by pair of models."""
        everyone = self._public and call.visit.operator
        return serialize_tallies(self._votes.tallies(call.visit), everyone=everyone)

    def delete_votes(self, call: Call) -> VoteTalliesResponse:
        """Delete the visitor's own votes."""
        self._votes.delete(call.visit)
        return self.vote_tallies(call)
