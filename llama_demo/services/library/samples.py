"""The collection that came with the program, kept like the files in its folder."""

from __future__ import annotations

from pathlib import Path

from llama_demo.documents.formats import FORMATS, suffix_of
from llama_demo.services.library.ingestion import IncomingFile, Ingestion
from llama_demo.services.library.jobs import Job
from llama_demo.services.library.names import SAMPLE
from llama_demo.settings import ASSETS
from llama_demo.store.library import EVERYBODY, FAILED, LibraryStore

SAMPLES = ASSETS / "samples"


def bring_up_to_date(folder: Path, store: LibraryStore, intake: Ingestion, job: Job) -> None:
    """Index the samples that are new or changed, and forget those that are gone."""
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
            intake.take(job, number, IncomingFile(path.relative_to(folder).as_posix(), path))
    job.closed()
