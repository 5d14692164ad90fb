"""Requests to the hub, by ``huggingface_hub``; what goes wrong becomes an error with a sentence.

The token goes to the endpoint alone: it is taken out of requests that are redirected to another host.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from huggingface_hub import HfApi, get_token, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

from llama_demo.errors import CheckpointError, DemoError
from llama_demo.hub.endpoints import without_login
from llama_demo.hub.files import has_weights
from llama_demo.hub.repository import check_repository

_log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds without a byte after which the hub is taken not to answer."""

CONVERTER = "SFconvertbot"
"""The account by which the hub offers pickled weights in safetensors, in a pull request."""

UNANSWERED = ("hub_unreachable", "hub_timeout")
"""Errors of a hub that does not answer; another source may."""

LARGEST_TEXT = 16 * 2**20
"""Bytes of a file that is read whole, such as ``config.json``."""

_CHUNK = 256 * 1024


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository.

    Attributes:
        sha256: of its content; empty for small files, which have only the hash of git.
        git_sha1: of ``blob <size>\\0`` and its content.
    """

    path: str
    size: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True)
class RemoteRepository:
    """A repository at a commit."""

    repository: str
    commit: str
    files: tuple[RemoteFile, ...]

    @property
    def names(self) -> frozenset[str]:
        """The paths of all files."""
        return frozenset(file.path for file in self.files)


def stored_token() -> str:
    """The operator's access token, from ``HF_TOKEN`` or from ``hf auth login``; empty for none."""
    return get_token() or ""


class HubClient:
    """Reads repositories.

    Args:
        endpoint: the address of a hub, such as ``https://huggingface.co``.
        token: for gated and private repositories; empty for none.
    """

    def __init__(self, endpoint: str, token: str = "", *, timeout: float = TIMEOUT) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._shown = without_login(self.endpoint)
        self._token: str | bool = token or False
        self._timeout = timeout

    def look(self, repository: str, revision: str) -> RemoteRepository:
        """The files of a repository. If ``main`` has pickled weights alone, those of the hub's converter.

        Raises:
            DemoError: ``hub_...``, with what to do.
        """
        check_repository(repository)
        with self._errors(repository):
            found = self._look(repository, revision)
            if has_weights(found.names):
                return found
            converted = self._converted(repository)
            return found if converted is None else self._look(repository, converted)

    def read(self, found: RemoteRepository, path: str) -> bytes:
        """A small file; raises as :meth:`look` does."""
        content = b""
        with self.stream(found, path, 0) as (_, chunks):
            for chunk in chunks:
                content += chunk
                if len(content) > LARGEST_TEXT:
                    raise CheckpointError("hub_answer_broken", endpoint=self._shown)
        return content

    @contextmanager
    def stream(
        self, found: RemoteRepository, path: str, offset: int
    ) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Where the answer begins in the file, and its bytes: from ``offset``, or from 0 if that is refused.

        Raises:
            DemoError: as :meth:`look`; ``hub_cut_off`` if the connection breaks off.
        """
        url = hf_hub_url(found.repository, path, revision=found.commit, endpoint=self.endpoint)
        headers = build_hf_headers(token=self._token) | {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        with ExitStack() as opened:
            with self._errors(found.repository, file=path):
                response = opened.enter_context(
                    get_session().stream(
                        "GET", url, headers=headers, follow_redirects=True, timeout=self._timeout
                    )
                )
                if response.status_code == 416:  # the file is shorter than what is here of it
                    raise CheckpointError("hub_checksum", file=path)
                hf_raise_for_status(response)
            chunks = self._chunks(response, found.repository, path)
            yield (
                offset if response.status_code == 206 else 0,
                chunks,
            )  # errors of the block are not the hub's

    def _chunks(self, response: httpx2.Response, repository: str, path: str) -> Iterator[bytes]:
        with self._errors(repository, file=path):
            yield from response.iter_bytes(_CHUNK)

    def _look(self, repository: str, revision: str) -> RemoteRepository:
        api = HfApi(endpoint=self.endpoint, token=self._token)
        info = api.model_info(repository, revision=revision, files_metadata=True, timeout=self._timeout)
        if not info.sha or info.siblings is None:
            raise CheckpointError("hub_answer_broken", endpoint=self._shown)
        files = [
            RemoteFile(
                one.rfilename,
                int(one.size or 0),
                sha256=one.lfs.sha256 if one.lfs else "",
                git_sha1=one.blob_id or "",
            )
            for one in info.siblings
        ]
        return RemoteRepository(repository, info.sha, tuple(files))

    def _converted(self, repository: str) -> str | None:
        """The revision in which the converter offers the weights in safetensors, if there is one.

        ``None``, too, where there are no discussions: mirrors have none, and an owner can close them.

        Raises:
            DemoError: the hub does not answer.
        """
        try:
            with self._errors(repository):
                answer = get_session().get(
                    f"{self.endpoint}/api/models/{repository}/discussions",
                    params={"p": 0, "type": "pull_request", "status": "open", "author": CONVERTER},
                    headers=build_hf_headers(token=self._token),
                    timeout=self._timeout,
                )
                hf_raise_for_status(answer)
                numbers = [int(one["num"]) for one in answer.json()["discussions"] if _is_offer(one)]
        except DemoError as error:
            if error.key in UNANSWERED:
                raise
            return None
        return f"refs/pr/{max(numbers)}" if numbers else None

    @contextmanager
    def _errors(self, repository: str, *, file: str = "") -> Iterator[None]:
        try:
            yield
        except DemoError:
            raise
        except OfflineModeIsEnabled as exc:
            raise CheckpointError("hub_unreachable", endpoint=self._shown) from exc
        except HfHubHTTPError as exc:
            raise self._refused(exc, repository) from exc
        except httpx2.TimeoutException as exc:
            raise CheckpointError("hub_timeout", endpoint=self._shown) from exc
        except (httpx2.RemoteProtocolError, httpx2.ReadError) as exc:
            key = {"file": file} if file else {"endpoint": self._shown}
            raise CheckpointError("hub_cut_off" if file else "hub_unreachable", **key) from exc
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as exc:
            raise CheckpointError("hub_unreachable", endpoint=self._shown) from exc
        except (ValueError, KeyError, TypeError) as exc:
            raise CheckpointError("hub_answer_broken", endpoint=self._shown) from exc

    def _refused(self, exc: HfHubHTTPError, repository: str) -> CheckpointError:
        status = exc.response.status_code if exc.response is not None else 0
        if isinstance(exc, GatedRepoError):
            return CheckpointError("hub_gated", repository=repository)
        if isinstance(exc, RepositoryNotFoundError | RevisionNotFoundError | EntryNotFoundError):
            return CheckpointError("hub_not_found", repository=repository)
        if status == 401 and self._token:
            return CheckpointError("hub_token_invalid")
        if status in (401, 403):
            return CheckpointError("hub_refused", endpoint=self._shown)
        if status == 404:
            return CheckpointError("hub_not_found", repository=repository)
        if status == 429:
            return CheckpointError("hub_busy", endpoint=self._shown)
        return CheckpointError("hub_failed", endpoint=self._shown, status=status)


def _is_offer(discussion: dict[str, Any]) -> bool:
    """Whether a discussion is an open pull request of the converter."""
    author = discussion.get("author") or {}
    return author.get("name") == CONVERTER and discussion.get("status") == "open"
