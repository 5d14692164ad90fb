"""The catalogue of checkpoints, held against the core and against what was published."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import torch

from llama_demo.catalogue import GUARD
from llama_demo.hub.repository import check_repository
from llama_demo.model.families import family_of
from llama_demo.services.checkpoints.catalogue import MAIN, SIZES, Checkpoint, checkpoints, of_set
from llama_demo.services.models import LOADERS

EVERY = list(checkpoints().values())


@pytest.mark.parametrize("known", EVERY, ids=lambda known: known.name)
def test_the_core_builds_what_was_published(known: Checkpoint) -> None:
    """Every entry can be run: its network, built without memory, has the published number of parameters."""
    family = family_of(known.config)
    config = family.config(known.config)
    with torch.device("meta"):
        network = family.build(config)
    count = sum(parameter.numel() for parameter in network.parameters())
    if known.config["model_type"] in ("bert", "xlm-roberta") and known.task == "search":
        count += known.config["hidden_size"] * (
            known.config["hidden_size"] + 1
        )  # the pooler, which is not used
    assert abs(count / known.parameters - 1) < 0.01
    decoders = (("generate", "search"), ("generate", GUARD))
    assert family.task == known.task or (family.task, known.task) in decoders
    assert known.bytes >= 1.9 * known.parameters


def test_entries_are_complete() -> None:
    """What the page shows of an entry is there, in both languages."""
    for known in EVERY:
        check_repository(known.repository)
        assert known.revision == MAIN or re.fullmatch(r"[0-9a-f]{40}", known.revision)
        assert known.task in {*LOADERS, GUARD}
        assert known.licence
        assert known.languages
        assert set(known.summary) == {"en", "zh"}
        assert all(known.summary.values())
        assert known.context <= known.config["max_position_embeddings"]
    assert [count for count in Counter(known.name for known in EVERY).values() if count > 1] == []


def test_each_task_has_a_choice_and_each_set_something_of_it() -> None:
    """From tens of megabytes to what a large graphics card holds."""
    counts = Counter(known.task for known in EVERY)
    assert min(counts[task] for task in LOADERS) >= 4
    assert counts[GUARD] >= 2
    assert min(known.bytes for known in EVERY) < 100e6 < 60e9 < max(known.bytes for known in EVERY) < 80e9
    for size in SIZES:
        assert {"generate", "translate", "search"} <= {known.task for known in of_set(size)}
        assert not any(known.gated for known in of_set(size))
