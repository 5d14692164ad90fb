"""Where checkpoints are downloaded from, and the token that goes there. Both end with the program."""

from __future__ import annotations

import re
from dataclasses import replace

from llama_demo.errors import InputError
from llama_demo.hub.client import HubClient, stored_token
from llama_demo.hub.endpoints import Endpoint, endpoints, without_login

_TOKEN = re.compile(r"hf_[A-Za-z0-9]{10,200}")


class HubAccess:
    """The chosen source of downloads."""

    def __init__(self) -> None:
        self._endpoint, self._token = "", ""

    def client(self) -> HubClient:
        """A client of the chosen source, with the token if it is trusted."""
        chosen = next(one for one in endpoints(self._endpoint) if one.chosen)
        token = (self._token or stored_token()) if chosen.trusted else ""
        return HubClient(chosen.address, token)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The sources, without what their addresses hold of a login."""
        return tuple(replace(one, address=without_login(one.address)) for one in endpoints(self._endpoint))

    @property
    def has_token(self) -> bool:
        """Whether there is an access token."""
        return bool(self._token or stored_token())

    def choose(self, name: str) -> None:
        """Choose the source of the next downloads. Raises ``endpoint_unknown``."""
        if name not in {one.name for one in endpoints()}:
            raise InputError("endpoint_unknown", name=name[:80])
        self._endpoint = name

    def give_token(self, token: str) -> None:
        """Hold an access token in memory, or forget it. Raises ``token_invalid``."""
        token = token.strip()
        if token and not _TOKEN.fullmatch(token):
            raise InputError("token_invalid")
        self._token = token
