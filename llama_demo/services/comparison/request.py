"""What is asked of two models, and the updates that tell how far both have come."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import DemoError
from llama_demo.services.comparison.ranking import RankedPassage
from llama_demo.services.comparison.votes import SideFigures

ComparedTask = Literal["generate", "translate", "search"]


@dataclass(frozen=True)
class ComparisonRequest:
    """What is asked of two models.

    Attributes:
        text: a prompt, a text to translate, or a query.
        first, second: names of the models.
        blind: whether the names and the figures are hidden until the vote, and the sides drawn.
        target: language of a translation, ISO 639-1.
        collection: whose passages are ranked.
    """

    task: ComparedTask
    text: str
    first: str
    second: str
    blind: bool = False
    target: str = "en"
    collection: str = ""


@dataclass(frozen=True)
class Candidate:
    """A model that can be compared.

    Attributes:
        ready: whether it is loaded, or another server's.
        memory: bytes that it takes, estimated; 0 for another server's.
    """

    entry: ModelEntry
    ready: bool
    memory: int


@dataclass(frozen=True)
class ComparisonStart:
    """The first update.

    Attributes:
        id: by which it is voted on; empty if it is not blind.
        names: of the models, left and right; None while they are hidden.
        asked: whether both follow the prompt as a request; else writers continue it.
    """

    id: str
    names: tuple[str, str] | None
    asked: bool


@dataclass(frozen=True)
class LoadingUpdate:
    """A model is being loaded.

    Attributes:
        name: empty while the names are hidden.
        done, total: parameters read, and all of them.
    """

    name: str
    done: int
    total: int


@dataclass(frozen=True)
class SideUpdate:
    """How far a side has come.

    Attributes:
        side: 0 on the left, 1 on the right.
        text: all of it so far.
        passages: of a ranking that has ended.
        progress: passages read, and all of them, while a ranking is made.
        waiting: number of requests that are served before this one.
        warning: what its reader should know.
        end: why it ended, ``failed`` with an ``error``; empty while it runs.
        figures: at the end.
    """

    side: int
    text: str = ""
    passages: tuple[RankedPassage, ...] = ()
    progress: tuple[int, int] | None = None
    waiting: int = 0
    warning: DemoError | None = None
    end: str = ""
    error: Exception | None = None
    figures: SideFigures | None = None


@dataclass(frozen=True)
class ComparisonEnd:
    """The last update.

    Attributes:
        names: of the models; None while they are hidden.
        can_vote: whether both sides came to an end that can be voted on.
    """

    names: tuple[str, str] | None
    can_vote: bool


ComparisonUpdate = ComparisonStart | LoadingUpdate | SideUpdate | ComparisonEnd
SideUpdates = Generator[SideUpdate, None, None]
