"""Repository ids, as people type them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from llama_demo.errors import InputError

_OTHER_KINDS = ("datasets", "spaces", "models", "docs", "blog", "papers", "collections", "api")
"""First parts of addresses that are no owner of models."""

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}", re.ASCII)
SITES = ("huggingface.co", "www.huggingface.co", "hf.co", "hf-mirror.com")
"""Sites whose addresses of repositories are understood."""


def check_repository(value: str) -> str:
    """The id, if it is one: an owner and a name, and nothing that could be part of another path.

    Raises:
        InputError: ``repository_invalid``.
    """
    if not _ID.fullmatch(value) or ".." in value:
        raise InputError("repository_invalid", value=value[:100])
    try:
        validate_repo_id(value)
    except HFValidationError as exc:
        raise InputError("repository_invalid", value=value[:100]) from exc
    return value


def repository_of(text: str) -> str:
    """The repository that a text names: its id, or the address of its page.

    Raises:
        InputError: ``repository_invalid``.
    """
    text = text.strip()
    if "://" in text:
        address = urlsplit(text)
        if address.scheme not in ("http", "https") or address.hostname not in SITES:
            raise InputError("repository_invalid", value=text[:100])
        parts = address.path.strip("/").split("/")
        if parts[0] in _OTHER_KINDS:
            raise InputError("repository_invalid", value=text[:100])
        text = "/".join(parts[:2])
    return check_repository(text)


def folder_name(repository: str) -> str:
    """The name of a repository's folder on this machine."""
    return check_repository(repository).replace("/", "--")
