"""Clients take turns: at a lock, and at a decoder."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial

import pytest
import torch

from llama_demo.engine.batch_runner import BatchRunner
from llama_demo.engine.engine import Engine, Stream
from llama_demo.engine.fair_share import Client, FairLock, call_on_behalf_of, current_client, on_behalf_of
from llama_demo.engine.request import FinishReason, Request, Sampling
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.model.llama import Llama
from tests.engine.test_engine import CONFIG

ANN, BOB = Client("10.0.0.1", "ann"), Client("10.0.0.2", "bob")
ALIASES = [Client("10.0.0.9", f"name {number}") for number in range(3)]
LONG = replace(CONFIG, max_position_embeddings=1_024)


def turns(arrivals: list[Client]) -> list[Client]:
    """In which order these get a lock that is held while they arrive one after the other."""
    lock, order, threads = FairLock(), [], []

    def work() -> Generator[None, None, None]:
        with lock:
            order.append(current_client())
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


def test_newcomers_do_not_go_before_who_waits_already() -> None:
    """Else inventing addresses would keep everybody else from a turn."""
    invented = [Client(f"10.1.0.{number}", "x") for number in range(9)]
    order = turns([ANN, ANN, BOB, *invented])
    assert order[:2] == [ANN, BOB]
    assert order.index(invented[0]) == 2 or ANN in order[2:4]


def test_many_names_of_one_address_share_its_turns() -> None:
    """Inventing names wins no turns."""
    order = turns([*ALIASES, *ALIASES, ANN, ANN])
    assert [place for place, one in enumerate(order) if one is ANN] == [1, 3]
    assert [one for one in order if one is not ANN] == ALIASES * 2


def test_work_with_a_model_takes_turns_by_address_too() -> None:
    """Looking inside the model under many names does not keep a neighbour from it."""
    runner = BatchRunner(lambda jobs, _: list(jobs), BatchLimits(), torch.device("cpu"), name="test")
    order: list[Client] = []
    begun, arrived = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        arrived.wait()

    def call(client: Client) -> threading.Thread:
        work = partial(order.append, client)
        return threading.Thread(target=call_on_behalf_of, args=(client, runner.run, work))

    threads = [threading.Thread(target=runner.run, args=(wait,))]
    threads[0].start()
    begun.wait()
    names = [Client("10.0.0.9", f"name {number}") for number in range(8)]
    for place, client in enumerate([BOB, BOB, *names], 1):
        threads.append(call(client))
        threads[-1].start()
        while len(runner._work) < place:
            threads[-1].join(0.001)
    arrived.set()
    for thread in threads:
        thread.join()
    assert [place for place, client in enumerate(order) if client is BOB] == [0, 2]
    runner.close()


def test_a_stream_keeps_its_client_on_any_thread() -> None:
    """Each step may be taken by another thread; what is outside stays whose it was."""

    def work() -> Generator[Client, None, None]:
        while True:
            yield current_client()

    stream = on_behalf_of(BOB, work())
    seen: list[Client] = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: seen.append(next(stream)))
        thread.start()
        thread.join()
    assert seen == [BOB, BOB]
    assert current_client() == Client()
    stream.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    """With two places, and two more for others."""
    torch.manual_seed(0)
    engine = Engine(Llama(LONG).eval(), limits=BatchLimits(running=2))
    yield engine
    engine.close()


def submitted(engine: Engine, one: Client, tokens: int) -> Stream:
    """A request of a client."""

    def submit() -> Generator[Stream, None, None]:
        yield engine.submit(Request((1,), Sampling(temperature=0.0), max_new_tokens=tokens))

    return next(on_behalf_of(one, submit()))


def test_a_second_person_is_let_in_beside_the_texts_of_the_first(engine: Engine) -> None:
    """A client of whom nothing is served is admitted beyond the usual number."""
    long = [submitted(engine, ANN, 900) for _ in range(6)]
    assert [stream.waiting for stream in long] == [0, 0, 1, 2, 3, 4]
    short = submitted(engine, BOB, 5)
    assert short.waiting == 0
    assert len(list(short)) == 5
    assert [stream.finish_reason for stream in long] == [None] * 6


def test_a_newcomer_does_not_wait_behind_the_requests_of_one_client(engine: Engine) -> None:
    """Nor does the first in the queue, if it has no room, keep out one who has."""
    served = [submitted(engine, one, 900) for one in (ANN, ANN, BOB)]
    blocked, newcomer = submitted(engine, ANN, 5), submitted(engine, Client(BOB.address, "beth"), 5)
    assert len(list(newcomer)) == 5
    assert [stream.finish_reason for stream in (*served, blocked)] == [None] * 4


def test_a_closed_request_leaves_the_queue_at_once(engine: Engine) -> None:
    """Opening and closing requests must not fill it."""
    for _ in range(2):
        submitted(engine, ANN, 900)
    waiting = [submitted(engine, ANN, 900) for _ in range(3)]
    assert [stream.waiting for stream in waiting] == [1, 2, 3]
    waiting[0].close()
    assert [stream.waiting for stream in waiting[1:]] == [1, 2]


def test_a_closed_engine_serves_nothing_more() -> None:
    """Its streams end instead of waiting for ever."""
    engine = Engine(Llama(LONG).eval())
    engine.close()
    stream = engine.submit(Request((1,), Sampling(temperature=0.0), max_new_tokens=5))
    assert list(stream) == []
    assert stream.finish_reason is FinishReason.STOPPED
