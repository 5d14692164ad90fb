"""The documents of the Search tab: what is there, what is being added, what could not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from llama_demo.errors import DemoError
from llama_demo.services.library.jobs import IndexingProgress, RejectedFile
from llama_demo.services.library.library import ACCEPTED, DEFAULT, LONGEST_TEXT, SAMPLE, DocumentRow, Library
from llama_demo.services.translation.service import LANGUAGE_NAMES
from llama_demo.ui import markup
from llama_demo.ui.collections import collection_told
from llama_demo.ui.frame import Frame
from llama_demo.ui.handlers import Call
from llama_demo.ui.search.wishes import Listed
from llama_demo.ui.texts import spoken
from llama_demo.ui.wishes import read

MOST_SHOWN = 500
"""Documents of a collection that the list shows; further ones are found all the same."""

SCRIPTS = ("sheet/words", "sheet/dropping", "library/listing", "library/adding", "library/acting")


def build(frame: Frame) -> None:
    """Make the list and what adds to it."""
    shelf = Shelf(frame.services.library)
    limits = frame.services.library.limits
    gr.HTML(
        markup.render(
            "library.html",
            kinds=ACCEPTED,
            files=limits.files,
            megabytes=limits.file_bytes // 2**20,
            documents=limits.documents,
            total=limits.bytes // 2**20,
            longest=LONGEST_TEXT,
        ),
        js_on_load=markup.scripts(*SCRIPTS),
        server_functions=frame.handlers.scripts(
            shelf.listing,
            shelf.progress,
            shelf.stop,
            shelf.retry,
            shelf.remove,
            shelf.rename,
            shelf.rename_collection,
            shelf.remove_collection,
            shelf.add_text,
        ),
        elem_id="library",
        apply_default_css=False,
        texts=spoken(
            ("library.", "search.collection.", "search.unreachable", "errors.library_too_many_files")
        ),
        status="#library-status",
        names=dict(LANGUAGE_NAMES),
        own=DEFAULT,
        largest=limits.file_bytes,
        most=limits.files,
    )


class Shelf:
    """What the scripts of the list ask for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def listing(self, call: Call) -> dict[str, Any]:
        """The collections, the documents of one, and what of the visitor's is being indexed."""
        wish = read(Listed, call.event)
        collections = self._library.collections(call.visit)
        there = {one.name for one in collections} | {DEFAULT, SAMPLE}
        documents = self._library.documents(call.visit, wish.collection) if wish.collection in there else []
        running = self._library.running(call.visit)
        return {
            "collections": [collection_told(one) for one in collections],
            "documents": [_document(one) for one in documents[:MOST_SHOWN]],
            "total": len(documents),
            "running": running.id if running else "",
        }

    def progress(self, call: Call) -> dict[str, Any]:
        """How far jobs have come, together."""
        jobs = [self._library.progress(call.visit, job) for job in read(Listed, call.event).jobs]
        return together([job for job in jobs if job is not None])

    def stop(self, call: Call) -> dict[str, Any]:
        """Leave out what is left of jobs."""
        for job in read(Listed, call.event).jobs:
            self._library.stop(call.visit, job)
        return {}

    def retry(self, call: Call) -> dict[str, Any]:
        """Index documents again that failed."""
        return {"job": self._library.retry(call.visit, read(Listed, call.event).documents).id}

    def remove(self, call: Call) -> dict[str, Any]:
        """Delete documents."""
        return {"removed": self._library.delete(call.visit, read(Listed, call.event).documents)}

    def rename(self, call: Call) -> dict[str, Any]:
        """Give the document another name."""
        wish = read(Listed, call.event)
        self._library.rename(call.visit, wish.documents[0] if wish.documents else "", wish.name)
        return {}

    def rename_collection(self, call: Call) -> dict[str, Any]:
        """Give the collection another name."""
        wish = read(Listed, call.event)
        self._library.rename_collection(call.visit, wish.collection, wish.name)
        return {}

    def remove_collection(self, call: Call) -> dict[str, Any]:
        """Delete the collection and what is in it."""
        self._library.delete_collection(call.visit, read(Listed, call.event).collection)
        return {}

    def add_text(self, call: Call) -> dict[str, Any]:
        """Add a text that was pasted."""
        wish = read(Listed, call.event)
        return {"job": self._library.add_text(call.visit, wish.collection, wish.name, wish.text).id}


def together(jobs: Sequence[IndexingProgress]) -> dict[str, Any]:
    """Several jobs as one, for the page."""
    waits = [job.seconds_left for job in jobs if job.seconds_left is not None]
    return {
        "done": sum(job.done for job in jobs),
        "total": sum(job.total for job in jobs),
        "running": any(job.state == "running" for job in jobs),
        "stopped": any(job.state == "stopped" for job in jobs),
        "current": next((job.current for job in jobs if job.current), ""),
        "seconds_left": max(waits, default=None),
        "added": sum(len(job.added) for job in jobs),
        "unchanged": [one.name for job in jobs for one in job.unchanged],
        "failed": [_refused(one) for job in jobs for one in job.failed],
    }


def _document(one: DocumentRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "bytes": one.bytes,
        "language": one.language,
        "created": one.created.isoformat(timespec="seconds"),
        "state": one.state,
        "chunks": one.chunks,
        "pages": one.pages,
        "reason": _reason(one.reason, one.values) if one.reason else "",
    }


def _refused(one: RejectedFile) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "reason": _reason(one.reason, one.values)}


def _reason(key: str, values: Mapping[str, Any]) -> str:
    """The sentence, escaped, in every language."""
    return str(markup.problem(DemoError(key, **values)))
