"""Repository ids, as people type them, and GGUF files in repositories.

A source of a download is a repository, or one GGUF file of it: ``owner/name`` or ``owner/name/file.gguf``.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from llama_demo.errors import InputError

_OTHER_KINDS = ("datasets", "spaces", "models", "docs", "blog", "papers", "collections", "api")
"""First parts of addresses that are no owner of models."""

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}", re.ASCII)
_FILE = re.compile(r"(?:[\w][\w.-]{0,95}/){0,3}[\w][\w.-]{0,199}\.gguf", re.ASCII)
_PAGES = ("blob", "resolve", "raw")
"""What stands before the revision in addresses of files."""

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


def split_source(source: str) -> tuple[str, str]:
    """The repository of a source, and its file, empty for a whole repository.

    Raises:
        InputError: ``repository_invalid``.
    """
    owner, _, rest = source.partition("/")
    name, _, file = rest.partition("/")
    repository = check_repository(f"{owner}/{name}")
    if file and (".." in file or not _FILE.fullmatch(file)):
        raise InputError("repository_invalid", value=source[:100])
    return repository, file


def source_of(text: str) -> str:
    """The source that a text names: an id, with a file or without, or the address of either's page.

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
        file = parts[4:] if len(parts) > 4 and parts[2] in _PAGES and parts[-1].endswith(".gguf") else []
        text = "/".join([*parts[:2], *file])
    repository, file_name = split_source(text)
    return f"{repository}/{file_name}" if file_name else repository


def folder_name(source: str) -> str:
    """The name of a source's folder on this machine."""
    split_source(source)
    return source.replace("/", "--")
