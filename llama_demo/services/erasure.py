"""Deletion of a visitor's data: rows, words in the indexes, files, and what is held in memory.

    what is deleted    what goes with it                               what stays
    ----------------   ---------------------------------------------   --------------------------------
    run                its answer in a conversation, and what follows  other versions
    conversation       the runs of its answers                         branches, with their runs
    document           its file, its passages in answers, its name     answers, searches
    collection         its documents, as above                         answers, searches
    glossary term      the term in the settings of translations        translations
    history            all runs and conversations, and decisions of    documents, glossary
                       the content policy about their owner's texts    and votes between models
    votes              all votes between models                        the texts that were compared
    everything         history, documents, collections, glossary,      the samples, other visitors' data
                       votes

Texts are overwritten in the file, and the write-ahead log is emptied, before a method returns. A program that
is killed meanwhile completes that at its next start.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from llama_demo.services.admission import visitor_of
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.history.runs import RunService
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.library.library import Library
from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.models import Models
from llama_demo.services.translation.documents import DocumentTranslationService
from llama_demo.services.translation.glossary import Glossary, TermPair
from llama_demo.services.visits import Visit
from llama_demo.store.erasure import ErasureStore


@dataclass(frozen=True)
class DataErasure:
    """Deletes what a visitor has stored, wherever it is.

    Attributes:
        store: of the database.
        models: whose decoders, guard models among them, keep what they have read of a visitor's texts,
            temporary ones too.
        uploads: folder of files that programs have uploaded; it and its subfolders may be missing.
    """

    store: ErasureStore
    runs: RunService
    conversations: ConversationService
    library: Library
    glossary: Glossary
    translated: DocumentTranslationService
    training: LiveTrainingService
    inspection: InspectionService
    models: Models
    uploads: Path

    def delete_run(self, visit: Visit, run_id: str) -> None:
        """Delete a run, with its answer in a conversation and all that was said after it.

        Raises:
            InputError: ``run_unknown``, for another owner's run too.
            StoreError: ``deletion_incomplete`` if it is deleted but its text is not overwritten yet.
        """
        conversation = self.conversations.of_run(visit, run_id)
        if conversation is not None:
            self.conversations.drop_held(visit, conversation)
        self._forget_read(visit)
        self.runs.delete(visit, run_id)

    def delete_conversation(self, visit: Visit, conversation_id: str) -> None:
        """Delete a conversation with its runs.

        Raises:
            InputError: ``conversation_unknown``, for another visitor's too.
            StoreError: ``deletion_incomplete`` as for a run.
        """
        self._forget_read(visit)
        self.conversations.delete(visit, conversation_id)

    def delete_documents(self, visit: Visit, document_ids: Sequence[str]) -> int:
        """Delete documents of the visitor, with their files; returns how many existed.

        Raises:
            StoreError: ``deletion_incomplete`` as for a run.
        """
        if visit.owner is None:
            return 0
        found = self.library.some(visit, document_ids)
        self._discard_uploads({(one.bytes, one.digest) for one in found.values()})
        self._forget_read(visit)
        return self.library.delete(visit, document_ids)

    def delete_collection(self, visit: Visit, name: str) -> None:
        """Delete a collection with all of its documents.

        Raises:
            InputError: ``collection_shared``, ``collection_unknown``.
            StoreError: ``deletion_incomplete`` as for a run.
        """
        self._discard_uploads({(one.bytes, one.digest) for one in self.library.documents(visit, name)})
        self._forget_read(visit)
        self.library.delete_collection(visit, name)

    def delete_term(self, visit: Visit, source: str, target: str, term: str) -> tuple[TermPair, ...]:
        """Delete a term of the glossary; returns the remaining ones of the direction.

        Raises:
            StoreError: ``deletion_incomplete`` as for a run.
        """
        return self.glossary.remove(visit, source, target, term)

    def delete_history(self, visit: Visit) -> None:
        """Delete all runs and conversations; documents and the glossary stay.

        Raises:
            StoreError: ``deletion_incomplete`` as for a run.
        """
        self._drop_held(visit)
        if visit.owner is not None:
            self.store.delete_history(owner=visit.owner)

    def delete_everything(self, visit: Visit) -> None:
        """Delete all that the visitor has stored, and what is held in memory for the page.

        Raises:
            StoreError: ``deletion_incomplete`` as for a run.
        """
        self._drop_held(visit)
        self.glossary.drop_held(visit)
        if visit.owner is None:
            return
        documents = self.store.documents(owner=visit.owner)
        self._discard_uploads(set(documents.values()))
        self.library.discard(visit, list(documents))
        self.store.delete_everything(owner=visit.owner)

    def has_more(self, visit: Visit) -> bool:
        """Whether the visitor has more than runs and conversations."""
        return visit.owner is not None and self.store.has_more(owner=visit.owner)

    def _drop_held(self, visit: Visit) -> None:
        """Drop what is held in memory: runs, conversations, files, trained models, texts that were read."""
        self.runs.drop_unsaved(visit)
        self.conversations.drop_held(visit)
        self.translated.discard_all(visit)
        self.training.discard_all(visit)
        self.inspection.discard_all(visit)
        self._forget_read(visit)

    def _forget_read(self, visit: Visit) -> None:
        """Drop what models keep of what they have read of the visitor's texts."""
        self.models.forget(visitor_of(visit))

    def _discard_uploads(self, deleted: set[tuple[int, str]]) -> None:
        """Delete copies of documents that a program uploaded, left by a call that did not end.

        Args:
            deleted: size in bytes and digest of each document.
        """
        sizes = {size for size, _ in deleted}
        if not sizes:
            return
        with suppress(OSError):
            for path in self.uploads.rglob("*"):
                # A file of another size is not read.
                if (
                    path.is_file()
                    and (size := path.stat().st_size) in sizes
                    and (size, _digest(path)) in deleted
                ):
                    path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
