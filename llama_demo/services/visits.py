"""Who asks: the owner of what is stored, the language of the answers, and whether anything is kept.

On one's own machine there is one owner, who is the operator too. In public mode every visitor is an owner,
by a secret that the page or the program makes up and keeps; the database only ever holds its SHA-256, so
a copy of the database does not open anybody's history.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.settings import Language

LOCAL_OWNER = "local"

SHORTEST_SECRET = 32
"""Characters. 32 hexadecimal digits are 128 bits: nobody finds another's secret by trying."""

# Primary subtags of BCP 47. Mandarin and Cantonese have tags of their own beside the macrolanguage.
_LANGUAGES: dict[str, Language] = {"en": "en", "zh": "zh", "cmn": "zh", "yue": "zh"}


@dataclass(frozen=True)
class Visit:
    """One call, seen as a person: passed to every service, never kept in a global.

    Attributes:
        owner: whose rows are read and written. None: nothing is stored and nothing is found.
        language: of the messages that this call answers with.
        temporary: runs of this visit are not written; what is stored already can still be read.
        operator: may do what concerns the whole installation, such as fetching a model.
        page: names the page that calls, unguessable; empty for programs.
    """

    owner: str | None
    language: Language
    temporary: bool
    operator: bool
    page: str = ""


def resolve(
    *,
    public: bool,
    secret: str = "",
    language: Language = "en",
    save: bool | None = None,
    page: str = "",
) -> Visit:
    """Tell who asks.

    Args:
        public: whether each visitor is an owner of their own. If not, the secret is ignored.
        secret: made up by the caller; empty for somebody who wants nothing kept.
        language: of the messages.
        save: whether what is written goes into the history. None is the mode of the place: yes on one's
            own machine, no in public mode. True cannot save what has no owner.
        page: that calls.

    Raises:
        InputError: ``visitor_too_short`` for a secret that others could find by trying.
    """
    if not public:
        return Visit(LOCAL_OWNER, language, temporary=save is False, operator=True, page=page)
    if not secret:
        return Visit(None, language, temporary=True, operator=False, page=page)
    if len(secret) < SHORTEST_SECRET:
        raise InputError("visitor_too_short", characters=len(secret), shortest=SHORTEST_SECRET)
    return Visit(_owner_of(secret), language, temporary=save is not True, operator=False, page=page)


def _owner_of(secret: str) -> str:
    """The SHA-256 of the secret in hexadecimal; half a surrogate pair is hashed as it stands."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def language_of(tag_list: str) -> Language | None:
    """The best language of ours in an ``Accept-Language`` header or a single BCP 47 tag.

    ``zh``, ``zh-CN``, ``zh-HK`` and ``zh-Hans-CN`` all are Chinese. The highest weight wins, the earlier
    of two equals; None if no language of ours is among them.
    """
    best: Language | None = None
    best_weight = 0.0
    for entry in tag_list.split(","):
        tag, _, parameter = entry.partition(";")
        language = _LANGUAGES.get(tag.strip().lower().replace("_", "-").partition("-")[0])
        weight = _weight(parameter)
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    """The ``q=0.8`` of a header's entry: 1 if absent, 0 (not wanted) if it cannot be read."""
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 0.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
