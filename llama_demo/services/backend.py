"""The other servers that write or embed in place of this machine, if the operator named any."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from llama_demo.catalogue import REMOTE, ModelEntry
from llama_demo.errors import BackendError, InputError
from llama_demo.hub.inference import InferenceRequest, RemoteModel
from llama_demo.hub.remote_address import checked_address, refuse_private
from llama_demo.services.library.text_encoder import RemoteEncoder
from llama_demo.services.operators import require_operator
from llama_demo.services.remote_writer import CONTEXT, RemoteWriter
from llama_demo.services.visits import Visit

log = logging.getLogger(__name__)

MOST_NAMED = 12
"""Models of a server that are named when one has to be chosen."""

CHECK_SECONDS = 10.0
"""Without a byte after which a server that is tried counts as silent."""


def remote_of(address: str, model: str, key: str, *, public: bool) -> RemoteModel:
    """The model of the settings; its server need not run yet.

    Raises:
        InputError: ``backend_address``, or ``backend_private`` on a public server.
    """
    remote = RemoteModel(checked_address(address), model.strip(), key.strip())
    if public:
        try:
            refuse_private(remote.address)
        except InputError as error:
            if error.key != "backend_unknown_host":
                raise
            log.warning("the name of another server has no address yet")
    return remote


def shown_name(remote: RemoteModel, *, public: bool) -> str:
    """The name of a model of another server; visitors of a public server do not learn where it is."""
    return f"{remote.name}@{REMOTE if public else urlsplit(remote.address).hostname}"


def remote_encoder(address: str, model: str, key: str, *, public: bool) -> RemoteEncoder:
    """The encoder of the settings; raises as :func:`remote_of`."""
    remote = remote_of(address, model, key, public=public)
    return RemoteEncoder(remote, name=shown_name(remote, public=public), public=public)


@dataclass(frozen=True)
class BackendState:
    """What the operator is shown of the other server; its key is shown to nobody."""

    address: str
    model: str
    has_key: bool


class BackendService:
    """Points writing to another server and back. The choice is stored nowhere, and ends with the program.

    Args:
        public: refuse addresses of private networks.
        encoder: of another server, which embeds the library.

    Attributes:
        changes: how often a server was chosen or left.
    """

    def __init__(self, *, public: bool = False, encoder: RemoteEncoder | None = None) -> None:
        self._public = public
        self.encoder = encoder
        self._lock = threading.Lock()
        self.changes = 0
        self._remote: RemoteModel | None = None
        self._writer: RemoteWriter | None = None

    def start_with(self, address: str, model: str, key: str) -> None:
        """Use the server of the settings, which need not run yet.

        Raises:
            InputError: ``backend_address``, or ``backend_private`` in public mode.
        """
        self._take(remote_of(address, model, key, public=self._public))

    def use(self, visit: Visit, address: str, model: str, key: str) -> None:
        """Let a server write from the next request on, once it has answered.

        Args:
            model: empty for the only one that it has.

        Raises:
            InputError: ``operator_only``, ``backend_address``, ``backend_private``, ``backend_unknown_host``,
                ``backend_model_missing``.
            BackendError: the server does not answer, or does not know the model.
        """
        require_operator(visit)
        remote = RemoteModel(checked_address(address), model.strip(), key.strip())
        if self._public:
            refuse_private(remote.address)
        asked = RemoteModel(remote.address, remote.name or urlsplit(remote.address).netloc, remote.key)
        known = InferenceRequest(asked, public=self._public, seconds=CHECK_SECONDS).models()
        if not remote.name and len(known) != 1:
            raise InputError("backend_model_missing", known=tuple(known[:MOST_NAMED]))
        if remote.name and remote.name not in known:
            raise BackendError("backend_model_unknown", model=remote.name)
        self._take(RemoteModel(remote.address, remote.name or known[0], remote.key))

    def leave(self, visit: Visit) -> None:
        """Let this machine write again; raises :class:`InputError` ``operator_only``."""
        require_operator(visit)
        self.end()

    def end(self) -> None:
        """Let this machine write again, after the operator has chosen a decoder of it."""
        with self._lock:
            if self._remote is not None:
                self._remote = self._writer = None
                self.changes += 1

    def state(self, visit: Visit) -> BackendState | None:
        """The other server as an operator is shown it; None for others, and without one."""
        remote = self._remote
        if remote is None or not visit.operator:
            return None
        return BackendState(remote.address, remote.name, bool(remote.key))

    @property
    def writer(self) -> RemoteWriter | None:
        """The model of the other server; None if this machine writes."""
        return self._writer

    @property
    def entry(self) -> ModelEntry | None:
        """The same as it stands in lists."""
        writer = self._writer
        if writer is None:
            return None
        return ModelEntry.of_another_server(
            writer.name, "generate", context=CONTEXT, abilities=tuple(writer.abilities)
        )

    @property
    def entries(self) -> list[ModelEntry]:
        """The models of other servers that serve a task, at most one of each."""
        encoder = self.encoder.entry if self.encoder else None
        return [one for one in (self.entry, encoder) if one is not None]

    def _take(self, remote: RemoteModel) -> None:
        with self._lock:
            self._remote = remote
            self.changes += 1
            self._writer = RemoteWriter(
                remote, name=shown_name(remote, public=self._public), public=self._public
            )
