"""Owners take turns: at a lock, and at a decoder."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator

import pytest
import torch

from llama_demo.engine.engine import Engine, Stream
from llama_demo.engine.fair_share import FairLock, Owner, on_behalf_of, owner
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig

ANN, BOB = Owner("10.0.0.1", "ann"), Owner("10.0.0.2", "bob")
ALIASES = [Owner("10.0.0.9", f"name {number}") for number in range(3)]
CONFIG = LlamaConfig(
    vocab_size=97,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    max_position_embeddings=1_024,
)


def turns(arrivals: list[Owner]) -> list[Owner]:
    """In which order these get a lock that is held while they arrive one after the other."""
    lock, order, threads = FairLock(), [], []

    def work() -> Generator[None, None, None]:
        with lock:
            order.append(owner())
        yield

    with lock:
        for place, one in enumerate(arrivals):
            thread = threading.Thread(target=lambda one=one: list(on_behalf_of(one, work())))
            thread.start()
            threads.append(thread)
            while lock.waiting <= place:
                thread.join(0.001)
    for thread in threads:
        thread.join()
    return order


def test_one_of_many_waits_for_one_turn_alone() -> None:
    """However many the other has waiting already."""
    assert turns([ANN] * 16 + [BOB])[:3].count(BOB) == 1


def test_two_take_turns_until_one_has_no_more() -> None:
    """One after the other, each in order of arrival."""
    assert turns([ANN] * 4 + [BOB] * 3) == [ANN, BOB, ANN, BOB, ANN, BOB, ANN]


def test_many_names_of_one_address_share_its_turns() -> None:
    """Who makes up visitors gets no more for it."""
    order = turns([*ALIASES, *ALIASES, ANN, ANN])
    assert [place for place, one in enumerate(order) if one is ANN] == [1, 3]
    assert [one for one in order if one is not ANN] == ALIASES * 2


def test_a_stream_works_for_its_owner_on_any_thread() -> None:
    """Each step may be taken by another thread; what is outside stays whose it was."""

    def work() -> Generator[Owner, None, None]:
        while True:
            yield owner()

    stream = on_behalf_of(BOB, work())
    seen: list[Owner] = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: seen.append(next(stream)))
        thread.start()
        thread.join()
    assert seen == [BOB, BOB]
    assert owner() == Owner()
    stream.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    """With two places, and two more for others."""
    torch.manual_seed(0)
    engine = Engine(Llama(CONFIG).eval(), at_once=2)
    yield engine
    engine.close()


def submitted(engine: Engine, one: Owner, tokens: int) -> Stream:
    """A request of an owner."""

    def submit() -> Generator[Stream, None, None]:
        yield engine.submit(Request((1,), Sampling(temperature=0.0), max_new_tokens=tokens))

    return next(on_behalf_of(one, submit()))


def test_a_second_person_is_let_in_beside_the_texts_of_the_first(engine: Engine) -> None:
    """Nobody waits for somebody else's long texts to end."""
    long = [submitted(engine, ANN, 900) for _ in range(6)]
    assert [stream.waiting for stream in long] == [0, 0, 1, 2, 3, 4]
    short = submitted(engine, BOB, 5)
    assert short.waiting == 0
    assert len(list(short)) == 5
    assert [stream.finish_reason for stream in long] == [None] * 6


def test_tokens_are_shared_between_people_not_texts(engine: Engine) -> None:
    """Two texts of one person grow together as fast as the one text of another."""
    mine = [submitted(engine, ANN, 1_000) for _ in range(2)]
    theirs = submitted(engine, BOB, 400)
    assert len(list(theirs)) == 400
    written = sum(len(stream.take(0.0) or ()) for stream in mine)
    assert 200 < written < 600  # by texts it would be 800
