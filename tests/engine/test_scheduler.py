"""Who takes part in a pass, and who waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from llama_demo.engine.fair_share import Client
from llama_demo.engine.scheduler import BatchLimits, Scheduler

ANN, BOB = Client("10.0.0.1", "ann"), Client("10.0.0.2", "bob")
ALIASES = [Client("10.0.0.9", f"name {number}") for number in range(3)]


@dataclass(eq=False)
class Text:
    """A request of a known size; ``prompt`` tokens are unread, one is behind each pass."""

    client: Client
    remaining: int = 100
    memory: int = 1
    prompt: int = 1

    def cost(self, chunk: int) -> int:
        return min(self.prompt, chunk)


def running(texts: list[Text], **limits: int) -> Scheduler[Text]:
    """A scheduler to which the texts were added, with as many of them running as may."""
    scheduler: Scheduler[Text] = Scheduler(BatchLimits(**limits))
    for text in texts:
        scheduler.add(text)
    while scheduler.start():
        pass
    return scheduler


def shares(clients: list[Client], *, tokens: int) -> Counter[Client]:
    """Tokens that each client gets in 120 passes of so many tokens, with a text for each entry."""
    scheduler = running([Text(client) for client in clients], tokens=tokens)
    return Counter(text.client for _ in range(120) for text in scheduler.select())


def test_everybody_is_in_a_pass_that_has_room() -> None:
    """Texts that fit together are written together."""
    texts = [Text(ANN), Text(ANN), Text(BOB)]
    assert {*running(texts).select()} == {*texts}


@pytest.mark.parametrize("tokens", [1, 2])
def test_scarce_passes_are_shared_between_addresses_not_names_or_texts(tokens: int) -> None:
    """Neither many texts nor many names win a larger share."""
    half = pytest.approx(60 * tokens, abs=2)
    counts = shares([ANN] * 5 + [BOB] * 2, tokens=tokens)
    assert [counts[ANN], counts[BOB]] == [half, half]
    counts = shares([*ALIASES, BOB, BOB], tokens=tokens)
    assert counts[BOB] == half
    assert [counts[one] for one in ALIASES] == pytest.approx([20 * tokens] * 3, abs=2)


def test_a_short_text_goes_before_the_long_ones_of_the_same_client() -> None:
    """Two words are not stuck behind a chapter that the same person asked for."""
    long, short = Text(ANN, remaining=500), Text(ANN, remaining=5)
    scheduler = running([long, short], tokens=1)
    assert [scheduler.select() for _ in range(3)] == [[short]] * 3


def test_a_large_batch_neither_starves_nor_keeps_small_ones_waiting() -> None:
    """What does not fit beside others has passes of its own, as many as its share pays."""
    large, small = Text(ANN, prompt=60), Text(BOB, prompt=2)
    scheduler = running([large, small], tokens=60)
    passes = [scheduler.select() for _ in range(124)]
    assert sum(large in one for one in passes) == pytest.approx(4, abs=1)
    assert sum(small in one for one in passes) == pytest.approx(120, abs=1)


def test_a_prompt_is_read_in_small_pieces_beside_others() -> None:
    """A long document must not stop a text that is being written."""
    prompt = Text(ANN, prompt=5_000)
    scheduler = running([prompt], chunk=10, chunk_alone=100, tokens=20)
    assert scheduler.chunk == 100
    scheduler.add(Text(BOB))
    scheduler.start()
    assert scheduler.chunk == 10
    assert len(scheduler.select()) == 2


def test_memory_is_bounded_and_a_giant_runs_alone() -> None:
    """Beyond the limit requests wait, and say behind how many."""
    texts = [Text(ANN, memory=6), Text(BOB, memory=6), Text(BOB, memory=4)]
    scheduler = running(texts, memory=10)
    assert scheduler.running == [texts[0], texts[2]]
    assert [scheduler.ahead_of(text) for text in texts] == [0, 1, 0]
    giant = Text(ALIASES[0], memory=99)
    scheduler.add(giant)
    for text in texts:
        scheduler.remove(text)
        assert (scheduler.start() is giant) == (text is texts[2])


def test_small_requests_do_not_keep_a_large_one_waiting_for_ever() -> None:
    """Somebody with a long document gets memory, however many others come with short questions."""
    scheduler = running([Text(Client(f"10.1.0.{n}"), memory=3) for n in range(2)], memory=10)
    large = Text(BOB, memory=8)
    scheduler.add(large)
    for count in range(40):
        scheduler.remove(scheduler.running[0])
        scheduler.add(Text(Client(f"10.2.0.{count}"), memory=3))
        while scheduler.start():
            pass
        if large in scheduler.running:
            break
    assert 10 < count < 30  # a few go before it, since they have room at once


def test_the_place_in_the_queue_counts_those_that_must_free_memory() -> None:
    """What the page says of the wait is true where memory is scarce, too."""
    texts = [Text(Client(f"10.1.0.{number}"), memory=10) for number in range(5)]
    assert [running(texts, memory=10).ahead_of(text) for text in texts] == [0, 1, 2, 3, 4]


def test_a_newcomer_does_not_catch_up_on_what_others_were_given_before() -> None:
    """Whoever comes last must not keep the others waiting until all have had the same."""
    scheduler = running([Text(ANN)], tokens=1)
    for _ in range(100):
        scheduler.select()
    newcomer = Text(BOB)
    scheduler.add(newcomer)
    scheduler.start()
    assert sum(newcomer in scheduler.select() for _ in range(20)) == 10
