"""``/add_documents``: files into the library.

It is bound to components, as no other endpoint is: only :class:`gradio.File` checks that a path which a
program names is one that it has uploaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ListFiles
from pydantic import BaseModel

from llama_demo.errors import DemoError
from llama_demo.services.library.library import IncomingFile, Library
from llama_demo.services.visits import Visit
from llama_demo.ui.api_signatures import describe
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services
from llama_demo.ui.texts import catalogue


class Uploaded(BaseModel):
    """An uploaded file on the server, and its original name."""

    name: str
    path: str


class Uploads(gr.File):
    """Files with their original names; on disk they have safer ones."""

    is_template = True

    def preprocess(  # type: ignore[override]
        self, payload: ListFiles | FileData | None
    ) -> list[Uploaded]:
        """The files, whose paths Gradio has checked."""
        if payload is None:
            return []
        files = list(payload) if isinstance(payload, ListFiles) else [payload]
        return [Uploaded(name=one.orig_name or Path(one.path).name, path=one.path) for one in files]


def register(services: Services, handlers: Handlers) -> None:
    """Register the endpoint."""

    def add_documents(
        visit: Visit, files: list[Uploaded], collection: str = "default"
    ) -> dict[str, list[dict[str, Any]]]:
        """Add files to a collection and wait until they are indexed.

        A file that exists already is unchanged, one of an existing name replaces the former one. A ZIP adds
        the files in it.

        Args:
            files: What is added, in any format that can be searched.
            collection: The name of the collection, which is made if need be.

        Returns:
            documents: Those added and unchanged, with their number of chunks, and the files that failed, with
                the reason.
        """
        taken = [IncomingFile(one.name, Path(one.path)) for one in files]
        try:
            job = services.library.add(visit, collection, taken)
            job.wait()
        except DemoError as error:
            if visit.owner is not None:
                raise
            reason = catalogue(visit.language).error(error)
            return _answer(failed=[{"name": one.name, "reason": reason} for one in files])
        finally:  # the library has its own copy, and what it refused is not kept
            for one in files:
                Path(one.path).unlink(missing_ok=True)
        return _told(services.library, visit, job.id)

    inputs = [
        Uploads(file_count="multiple", visible=False),
        gr.Textbox(value="default", visible=False),
        gr.Textbox(value="", visible=False),
        gr.Checkbox(value=None, visible=False),  # type: ignore[arg-type]
    ]
    gr.Button(visible=False).click(
        handlers.endpoint(add_documents),
        inputs=inputs,
        outputs=gr.JSON(visible=False),
        api_name="add_documents",
        concurrency_limit=4,
        show_progress="hidden",
    )
    describe(add_documents)


def _told(library: Library, visit: Visit, job_id: str) -> dict[str, list[dict[str, Any]]]:
    """The outcome of each file, in the caller's language."""
    progress = library.progress(visit, job_id)
    if progress is None:
        return _answer()
    texts = catalogue(visit.language)
    return _answer(
        added=[{"document": one.name, "chunks": one.chunks} for one in progress.added],
        unchanged=[{"document": one.name, "chunks": one.chunks} for one in progress.unchanged],
        failed=[
            {"name": one.name, "reason": texts.error(DemoError(one.reason, **one.values))}
            for one in progress.failed
        ],
    )


def _answer(**parts: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {"added": [], "unchanged": [], "failed": [], **parts}
