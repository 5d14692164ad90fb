"""The bundled sample collection: its files, its questions, and its topics."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from llama_demo.documents.registry import FORMATS, suffix_of
from llama_demo.services.library.ingestion import IncomingFile, Ingestion
from llama_demo.services.library.jobs import Job
from llama_demo.settings import ASSETS
from llama_demo.store.library import EVERYBODY, FAILED, LibraryStore

SAMPLE = "sample"
"""Name of the sample collection, which every visitor can search."""

SAMPLES = ASSETS / "samples"


@dataclass(frozen=True)
class SampleQuestion:
    """A question that one article of the samples answers.

    Attributes:
        article: path of that article in the folder of the samples.
        across: whether the article is in another language than the question.
        answer: in the words of the article; empty if it is longer than a few words.
    """

    question: str
    language: str
    article: str
    across: bool
    answer: str = ""


@cache
def sample_questions() -> Sequence[SampleQuestion]:
    """All sample questions, in the order of the file."""
    return tuple(SampleQuestion(**each) for each in _read()["questions"])


@cache
def topics() -> Mapping[str, Mapping[str, str]]:
    """Names of the topics by folder and language."""
    named: Mapping[str, Mapping[str, str]] = _read()["topics"]
    return named


@cache
def _read() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((ASSETS / "samples" / "questions.json").read_text(encoding="utf-8"))
    return read


def index_samples(folder: Path, store: LibraryStore, ingestion: Ingestion, job: Job) -> None:
    """Index new and changed files of the folder, and delete documents whose file is gone."""
    files = sorted(path for path in folder.rglob("*") if suffix_of(path.name) in FORMATS)
    files = [path for path in files if path.suffix != ".json" and path.name != "README.md"]
    if files:
        number = store.make_collection(SAMPLE, owner=EVERYBODY)
        names = {path.relative_to(folder).as_posix() for path in files}
        there = store.documents(number, owner=None)
        gone = [one.id for one in there if one.name not in names or one.state == FAILED]
        if gone:
            store.delete(gone, owner=EVERYBODY)
        for path in files:
            ingestion.ingest(job, number, IncomingFile(path.relative_to(folder).as_posix(), path))
    job.closed()
