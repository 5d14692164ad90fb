"""Server functions of the Models tab."""

from __future__ import annotations

from llama_demo.services.checkpoints.fit import MemoryRequest
from llama_demo.ui.calls import Call
from llama_demo.ui.models.schemas import (
    ActiveModelsResponse,
    AddedResponse,
    BackendRequest,
    CalculatorRequest,
    EndpointRequest,
    EstimateResponse,
    ModelRequest,
    ModelSourceRequest,
    ModelSourceResponse,
    ModelsResponse,
    RepositoryRequest,
    SetRequest,
    TokenRequest,
    WorkResponse,
)
from llama_demo.ui.models.serializers import (
    serialize_active,
    serialize_backends,
    serialize_inspection,
    serialize_memory,
    serialize_overview,
    serialize_progress,
)
from llama_demo.ui.tab_context import Services


class ModelsServer:
    """The list of models, downloads, and the choice of the models that serve the tasks."""

    def __init__(self, services: Services) -> None:
        self._checkpoints, self._backend = services.checkpoints, services.backend

    def overview(self, call: Call) -> ModelsResponse:
        """All models, and what this machine can hold."""
        elsewhere = serialize_backends(self._backend.entries, self._backend.state(call.visit))
        return serialize_overview(self._checkpoints.overview(call.visit), elsewhere)

    def work(self, call: Call) -> WorkResponse:
        """Downloads and loading, as far as they are."""
        return serialize_progress(self._checkpoints.progress(call.visit), changes=self._backend.changes)

    def get(self, call: Call, request: RepositoryRequest) -> WorkResponse:
        """Download a model."""
        self._checkpoints.download(call.visit, request.repository, insist=request.insist)
        return self.work(call)

    def get_set(self, call: Call, request: SetRequest) -> WorkResponse:
        """Download a set of models, and use each as soon as it is there."""
        self._checkpoints.download_set(call.visit, request.size)
        return self.work(call)

    def pause(self, call: Call, request: RepositoryRequest) -> WorkResponse:
        """Pause a download."""
        self._checkpoints.pause(call.visit, request.repository)
        return self.work(call)

    def resume(self, call: Call, request: RepositoryRequest) -> WorkResponse:
        """Go on with a download where it stopped."""
        self._checkpoints.resume(call.visit, request.repository)
        return self.work(call)

    def cancel(self, call: Call, request: RepositoryRequest) -> WorkResponse:
        """End a download and delete what is there of it."""
        self._checkpoints.cancel(call.visit, request.repository)
        return self.work(call)

    def use(self, call: Call, request: ModelRequest) -> WorkResponse:
        """Load a model, which then serves its task."""
        self._checkpoints.activate(call.visit, request.name, insist=request.insist)
        return self.work(call)

    def guard_off(self, call: Call) -> WorkResponse:
        """Let no guard model judge."""
        self._checkpoints.switch_guard_off(call.visit)
        return self.work(call)

    def remove(self, call: Call, request: ModelRequest) -> WorkResponse:
        """Delete a downloaded model, or forget a folder."""
        self._checkpoints.delete(call.visit, request.name)
        return self.work(call)

    def inspect(self, call: Call, request: ModelSourceRequest) -> ModelSourceResponse:
        """What the configuration of a repository or folder says."""
        return serialize_inspection(self._checkpoints.inspect(call.visit, request.source))

    def add_folder(self, call: Call, request: ModelSourceRequest) -> AddedResponse:
        """List a folder of this machine."""
        return AddedResponse(name=self._checkpoints.add_folder(call.visit, request.source).name)

    def choose_endpoint(self, call: Call, request: EndpointRequest) -> None:
        """Download from another place."""
        self._checkpoints.set_endpoint(call.visit, request.name)

    def give_token(self, call: Call, request: TokenRequest) -> None:
        """Keep a token for gated models until the program ends."""
        self._checkpoints.set_token(call.visit, request.token)

    def use_server(self, call: Call, request: BackendRequest) -> WorkResponse:
        """Let another server write."""
        self._backend.use(call.visit, request.address, request.model, request.key)
        return self.work(call)

    def leave_server(self, call: Call) -> WorkResponse:
        """Let this machine write again."""
        self._backend.leave(call.visit)
        return self.work(call)

    def estimate(self, _: Call, request: CalculatorRequest) -> EstimateResponse:
        """Where the memory of a model would go."""
        estimate = self._checkpoints.estimate(MemoryRequest(**request.model_dump()))
        return EstimateResponse(memory=serialize_memory(estimate))


class ActiveModelsServer:
    """The models that serve the tasks, for the head of the page."""

    def __init__(self, services: Services) -> None:
        self._checkpoints, self._backend = services.checkpoints, services.backend

    def active(self, call: Call) -> ActiveModelsResponse:
        """The model of each task."""
        elsewhere = {one.task: one for one in self._backend.entries}
        return serialize_active({**self._checkpoints.active(call.visit), **elsewhere})
