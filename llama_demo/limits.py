"""Limits on what visitors use, in profiles for kinds of places; 0 is no limit.

:mod:`llama_demo.settings` has a flag for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Profile = Literal["laptop", "lecture", "space"]


@dataclass(frozen=True)
class Limits:
    """Limits of a server.

    Attributes:
        visitor_calls: calls of one visitor that are answered at the same time.
        address_calls: the same from one network address.
        total_calls: the same in all.
        model_requests: texts that a model writes or translates together, and as many again for visitors of
            whom none is among them.
        waiting_calls: calls in the queue before those.
        waiting_documents: documents in the queue for translation.
        request_files: files that are added together.
        file_megabytes: of one file.
        visitor_documents: documents of one visitor.
        visitor_megabytes: of one visitor's documents together.
        visitor_collections: collections of one visitor.
        visitor_conversations: stored conversations of one visitor.
        upload_megabytes: of what programs have uploaded and is not indexed yet.
        address_megabytes: the same from one network address.
        keep_days: days after their last visit when the data of visitors without an account are deleted.
    """

    visitor_calls: int = 0
    address_calls: int = 0
    total_calls: int = 48
    model_requests: int = 32
    waiting_calls: int = 64
    waiting_documents: int = 12
    request_files: int = 10_000
    file_megabytes: int = 100
    visitor_documents: int = 0
    visitor_megabytes: int = 0
    visitor_collections: int = 200
    visitor_conversations: int = 0
    upload_megabytes: int = 3_072
    address_megabytes: int = 0
    keep_days: int = 0


PROFILES: Mapping[Profile, Limits] = MappingProxyType(
    {
        "laptop": Limits(),
        # Thirty people, all of them behind one address.
        "lecture": Limits(
            visitor_calls=4,
            total_calls=60,
            waiting_calls=120,
            waiting_documents=30,
            request_files=250,
            file_megabytes=20,
            visitor_documents=200,
            visitor_megabytes=100,
            visitor_collections=10,
            visitor_conversations=100,
            upload_megabytes=1_024,
            keep_days=30,
        ),
        "space": Limits(
            visitor_calls=8,
            address_calls=32,
            request_files=250,
            file_megabytes=10,
            visitor_documents=500,
            visitor_megabytes=100,
            visitor_collections=10,
            visitor_conversations=100,
            upload_megabytes=300,
            address_megabytes=100,
            keep_days=30,
        ),
    }
)
