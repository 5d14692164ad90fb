"""A text that continues one that was read is not read anew, by its own client alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from llama_demo.engine.engine import Engine
from llama_demo.engine.fair_share import Client, call_on_behalf_of
from llama_demo.engine.prefix_store import PrefixStore
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.cache import KeyValueCache
from llama_demo.model.llama import Llama
from llama_demo.model.mistral import Mistral, MistralConfig
from tests.engine.test_engine import CONFIG, GREEDY, tokens

ANN, BOB = Client("10.0.0.1", "ann"), Client("10.0.0.2", "bob")
DOCUMENT = tuple(torch.randint(0, 97, (300,), generator=torch.Generator().manual_seed(2)).tolist())


@pytest.fixture
def engine() -> Iterator[Engine]:
    torch.manual_seed(0)
    engine = Engine(Llama(CONFIG).eval())
    yield engine
    engine.close()


@pytest.fixture
def read(engine: Engine) -> Callable[[Client, tuple[int, ...]], tuple[list[int], int]]:
    """What is written behind a prompt of a client, and how many tokens were read for it."""
    sizes: list[int] = []

    def seen(_: torch.nn.Module, given: tuple[Tensor]) -> None:
        sizes.append(given[0].numel())

    engine.model.embedding.register_forward_pre_hook(seen)

    def run(client: Client, prompt: tuple[int, ...]) -> tuple[list[int], int]:
        sizes.clear()
        made = call_on_behalf_of(client, tokens, engine, Request(prompt, GREEDY, max_new_tokens=12))
        return made, sum(sizes) - 11

    return run


Read = Callable[[Client, tuple[int, ...]], tuple[list[int], int]]


def test_a_second_question_reads_only_what_is_new(engine: Engine, read: Read) -> None:
    """And is answered with the same tokens as by an engine that reads everything."""
    assert read(ANN, (*DOCUMENT, 7, 8))[1] == 302
    second, count = read(ANN, (*DOCUMENT, 9, 10, 11))
    assert count == 3
    fresh = Engine(engine.model)
    assert tokens(fresh, Request((*DOCUMENT, 9, 10, 11), GREEDY, max_new_tokens=12)) == second
    fresh.close()


def test_a_second_turn_continues_behind_the_first_answer(read: Read) -> None:
    """The answer itself has been read while it was written."""
    answer, _ = read(ANN, DOCUMENT)
    assert read(ANN, (*DOCUMENT, *answer, 5))[1] == 2


def test_the_same_prompt_again_reads_one_token(read: Read) -> None:
    """The last one, whose logits are needed; and gives the same."""
    first, _ = read(ANN, DOCUMENT)
    assert read(ANN, DOCUMENT) == (first, 1)


def test_what_another_client_read_is_read_anew(read: Read) -> None:
    """The time to the first token must not tell what others ask about."""
    read(ANN, DOCUMENT)
    assert read(BOB, DOCUMENT)[1] == 300


def test_memory_is_bounded_and_time_too(engine: Engine, read: Read) -> None:
    """The oldest texts make room, and nothing stays for long."""
    engine._prefixes._memory = 2 * engine.model.cache_bytes(320)
    for start in range(4):
        read(ANN, (start, *DOCUMENT))
    engine.run(lambda _: None)
    assert 0 < engine._prefixes.bytes <= engine._prefixes._memory
    assert read(ANN, (0, *DOCUMENT))[1] == 301
    engine._prefixes._lifetime = 0.0
    assert read(ANN, (0, *DOCUMENT))[1] == 301


def filled(engine: Engine, tokens: int, capacity: int) -> KeyValueCache:
    """The cache of a text of so many tokens, with room for more."""
    cache = engine.model.new_cache(capacity, batch=1)
    for layer in cache.layers:
        layer.length = tokens
    return cache


def test_a_text_larger_than_the_store_leaves_the_others(engine: Engine) -> None:
    """One visitor's book does not make everybody's conversation slow."""
    store = PrefixStore(engine.model.cache_bytes(100))
    store.keep(ANN, DOCUMENT, filled(engine, 40, 40))
    store.keep(BOB, DOCUMENT, filled(engine, 101, 400))
    assert store.bytes == engine.model.cache_bytes(40)


def test_the_address_that_has_most_makes_room(engine: Engine) -> None:
    """Nor do many texts of one, under whatever names."""
    store = PrefixStore(engine.model.cache_bytes(100))
    store.keep(ANN, DOCUMENT, filled(engine, 40, 40))
    for number in range(5):
        store.keep(BOB._replace(name=f"{number}"), DOCUMENT, filled(engine, 25, 25))
    again = engine.model.new_cache(60, batch=1)
    store.fill(ANN, DOCUMENT, again)
    assert again.length == 40


def test_what_was_not_written_takes_no_memory(engine: Engine) -> None:
    """A text that ended early keeps no buffer for what could have come."""
    ends = frozenset(range(CONFIG.vocab_size))
    list(engine.submit(Request(DOCUMENT[:20], GREEDY, max_new_tokens=400, stop_ids=ends)))
    engine.run(lambda _: None)
    assert engine._prefixes.bytes == engine.model.cache_bytes(20)


def test_an_idle_store_empties_itself(engine: Engine) -> None:
    """What a visitor wrote is not kept until somebody else comes."""
    store = PrefixStore(engine.model.cache_bytes(100), lifetime=0.1)
    store.keep(ANN, DOCUMENT, filled(engine, 40, 40))
    assert store.bytes
    until = time.monotonic() + 5.0
    while store.bytes and time.monotonic() < until:
        time.sleep(0.01)
    assert not store.bytes


def test_a_clients_texts_are_forgotten_on_demand(engine: Engine, read: Read) -> None:
    """At one address or at all; those of others stay."""
    read(ANN, DOCUMENT)
    read(BOB, DOCUMENT)
    engine.forget(Client("10.0.0.7", "ann"))
    assert read(ANN, DOCUMENT)[1] == 1
    engine.forget(Client("", "ann"))
    assert [read(one, DOCUMENT)[1] for one in (ANN, BOB)] == [300, 1]


def test_a_window_that_moved_on_keeps_nothing() -> None:
    """Its oldest keys are overwritten, so a beginning cannot be taken from it."""
    torch.manual_seed(0)
    fields = {name: getattr(CONFIG, name) for name in CONFIG.__dataclass_fields__}
    engine = Engine(Mistral(MistralConfig(**fields, sliding_window=20)).eval())
    request = Request(DOCUMENT, Sampling(temperature=0.0), max_new_tokens=30)
    assert tokens(engine, request) == tokens(engine, request)
    engine.close()
