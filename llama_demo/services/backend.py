"""The other server that writes in place of this machine's decoder, if the operator named one."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import BackendError, InputError
from llama_demo.hub.inference import InferenceRequest, RemoteModel
from llama_demo.hub.remote_address import checked_address, refuse_private
from llama_demo.services.operators import require_operator
from llama_demo.services.remote_writer import CONTEXT, RemoteWriter
from llama_demo.services.visits import Visit

log = logging.getLogger(__name__)

MOST_NAMED = 12
"""Models of a server that are named when one has to be chosen."""

REMOTE = "remote"
"""The device and the family of a model of another server."""

CHECK_SECONDS = 10.0
"""Without a byte after which a server that is tried counts as silent."""


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

    Attributes:
        changes: how often a server was chosen or left.
    """

    def __init__(self, *, public: bool = False) -> None:
        self._public = public
        self._lock = threading.Lock()
        self.changes = 0
        self._remote: RemoteModel | None = None
        self._writer: RemoteWriter | None = None

    def start_with(self, address: str, model: str, key: str) -> None:
        """Use the server of the settings, which need not run yet.

        Raises:
            InputError: ``backend_address``, or ``backend_private`` in public mode.
        """
        remote = RemoteModel(checked_address(address), model.strip(), key.strip())
        try:
            self._refuse(remote)
        except InputError as error:
            if error.key != "backend_unknown_host":
                raise
            log.warning("the other server's name has no address yet")
        self._take(remote)

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
        self._refuse(remote)
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
        return ModelEntry(
            name=writer.name,
            task="generate",
            family=REMOTE,
            parameters=0,
            bytes=0,
            licence="",
            context=CONTEXT,
            abilities=tuple(writer.abilities),
            bundled=False,
            active=True,
            device=REMOTE,
        )

    def _refuse(self, remote: RemoteModel) -> None:
        if self._public:
            refuse_private(remote.address)

    def _take(self, remote: RemoteModel) -> None:
        place = REMOTE if self._public else urlsplit(remote.address).hostname
        with self._lock:
            self._remote = remote
            self.changes += 1
            self._writer = RemoteWriter(remote, name=f"{remote.name}@{place}", public=self._public)
