"""Requests that share passes: company changes nothing, and nothing is lost or left behind."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor

from llama_demo.engine.batch_runner import BatchJob, BatchRunner
from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.engine import Engine, Stream
from llama_demo.engine.request import FinishReason, Request, Sampling
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.engine.token_filter import TokenSet
from llama_demo.errors import DemoError, DeviceError
from llama_demo.model.llama import Llama
from tests.engine.test_engine import CONFIG, GREEDY

GENERATOR = Path(__file__).parents[2] / "assets" / "models" / "generator"


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Networks this small are done before a second thread has woken up."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def engine() -> Iterator[Engine]:
    torch.manual_seed(0)
    engine = Engine(Llama(CONFIG).eval())
    yield engine
    engine.close()


def requests(vocabulary: int, tokens: int) -> list[Request]:
    """Of all kinds: greedy and sampled, with penalties, drafts and a filter, short prompts and long ones."""
    drawn = torch.Generator().manual_seed(1)

    def prompt(length: int) -> tuple[int, ...]:
        return tuple(torch.randint(3, vocabulary, (length,), generator=drawn).tolist())

    even = TokenSet.of(range(4, vocabulary, 2), vocabulary)

    class Even:
        def allowed(self) -> TokenSet:
            return even

        def accept(self, token: int) -> None:
            pass

    warm = Sampling(temperature=0.9, seed=11)
    return [
        Request(prompt(5), GREEDY, max_new_tokens=tokens),
        Request(prompt(9), warm, max_new_tokens=tokens, alternatives=3),
        Request(prompt(150), replace(warm, seed=12, top_k=0), max_new_tokens=tokens),
        Request(prompt(3), replace(warm, repetition_penalty=1.3), max_new_tokens=tokens // 2),
        Request(prompt(7), warm, max_new_tokens=tokens // 3, drafts=4),
        Request(prompt(4), warm, max_new_tokens=tokens, new_filter=Even),
    ]


def written(stream: Stream) -> list[tuple[int, float]]:
    return [(step.id, step.logprob) for step in stream]


def same(first: list[tuple[int, float]], second: list[tuple[int, float]]) -> None:
    """The same tokens, and log-probabilities but for rounding."""
    assert [token for token, _ in first] == [token for token, _ in second]
    assert [logprob for _, logprob in first] == pytest.approx([logprob for _, logprob in second], abs=1e-4)


def check_company(engine: Engine, asked: list[Request]) -> None:
    """Each request gives alone what it gives among the others, some of which are cancelled half-way."""
    alone = [written(engine.submit(request)) for request in asked]
    cancelled = [engine.submit(replace(request, max_new_tokens=90)) for request in asked]
    streams = [engine.submit(request) for request in asked]
    for stream in cancelled[::2]:
        stream.take(0.02)
        stream.close()
    for stream, expected in zip(streams, alone, strict=True):
        same(written(stream), expected)
    for stream in cancelled[1::2]:
        stream.close()


def test_company_changes_no_token(engine: Engine) -> None:
    """Whoever else is served, joins or leaves, a request's tokens are its own."""
    check_company(engine, requests(CONFIG.vocab_size, 48))
    assert settled(engine) == 0


def test_company_changes_no_token_of_the_bundled_generator() -> None:
    """The same with trained weights, whose logits lie closer together than random ones."""
    model = load_model(GENERATOR, Llama, device=torch.device("cpu"), dtype=torch.float32).model
    engine = Engine(model)
    check_company(engine, requests(model.config.vocab_size, 15)[:5])
    engine.close()


def test_turns_change_no_token(engine: Engine) -> None:
    """Nor does waiting for room in a pass, or for a place."""
    asked = requests(CONFIG.vocab_size, 30)
    alone = [written(engine.submit(request)) for request in asked]
    narrow = Engine(engine.model, limits=BatchLimits(running=3, tokens=2, chunk=7, chunk_alone=9))
    streams = [narrow.submit(request) for request in asked]
    for stream, expected in zip(streams, alone, strict=True):
        same(written(stream), expected)
    narrow.close()


def test_a_failure_in_a_shared_pass_ends_its_request_alone(engine: Engine) -> None:
    """The neighbours of a request that cannot be computed are written to their end, unchanged."""
    asked = requests(CONFIG.vocab_size, 60)
    alone = [written(engine.submit(request)) for request in asked]
    streams = [engine.submit(request) for request in asked]
    bad = engine.submit(Request((5,) * 100 + (10_000,), GREEDY, max_new_tokens=9))
    for stream, expected in zip(streams, alone, strict=True):
        same(written(stream), expected)
    with pytest.raises(DeviceError):
        list(bad)


def test_a_filter_that_fails_ends_its_request_alone(engine: Engine) -> None:
    """A defect in one preset's rules is not everybody's."""

    class Broken:
        def allowed(self) -> TokenSet:
            raise ValueError("no rule")

        def accept(self, token: int) -> None:
            pass

    other = engine.submit(Request((1,), GREEDY, max_new_tokens=40))
    with pytest.raises(DeviceError):
        list(engine.submit(Request((2,), GREEDY, max_new_tokens=5, new_filter=Broken)))
    assert len(list(other)) == 40


def test_a_request_that_is_cancelled_within_its_prompt_frees_its_place(engine: Engine) -> None:
    """Reading a document can be stopped, too."""
    stream = engine.submit(Request((1,) * 700, GREEDY, max_new_tokens=20))
    other = engine.submit(Request((2,), GREEDY, max_new_tokens=5))
    stream.close()
    assert len(list(other)) == 5
    assert list(stream) == []
    assert stream.finish_reason is FinishReason.STOPPED
    assert settled(engine) == 0


def test_work_is_done_between_passes(engine: Engine) -> None:
    """Looking inside the model does not wait for the end of a text."""
    stream = engine.submit(Request((1,), GREEDY, max_new_tokens=700))
    assert engine.run(lambda model: model.config.vocab_size) == CONFIG.vocab_size
    assert stream.finish_reason is None
    stream.close()


def settled(engine: Engine) -> int:
    """Requests that the engine still holds, once it had time to end them."""
    until = time.monotonic() + 2.0
    while engine.requests and time.monotonic() < until:
        time.sleep(0.01)
    return engine.requests


def hammer(engine: Engine, dice: random.Random, seconds: float, faults: list[str]) -> None:
    """Submit requests of all kinds, cancel some at random, and check the others."""
    asked = requests(CONFIG.vocab_size, 24)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        batch = [engine.submit(dice.choice(asked)) for _ in range(dice.randint(1, 4))]
        taken = [0] * len(batch)
        for place, stream in enumerate(batch):
            if dice.random() < 0.4:
                taken[place] = len(stream.take(dice.random() * 0.02) or ())
                stream.close()
        for stream, before in zip(batch, taken, strict=True):
            count = before + len(list(stream))
            ended = stream.finish_reason is FinishReason.LENGTH
            if ended and count != stream.request.max_new_tokens:
                faults.append(f"{count} of {stream.request.max_new_tokens} tokens")
            if not ended and not stream.stopped:
                faults.append(f"ended by {stream.finish_reason}")


def test_four_threads_with_random_cancellations_lose_nothing(engine: Engine) -> None:
    """No token is lost, no stream left waiting, no place left taken; a minute of it: ``bench.batch``."""
    faults: list[str] = []
    work = [partial(hammer, engine, random.Random(seed), 1.0, faults) for seed in range(4)]
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20.0)
        assert not thread.is_alive()
    assert faults == []
    assert settled(engine) == 0


def test_the_first_tokens_of_drafts_come_from_one_reading(engine: Engine) -> None:
    """Eight drafts of a long prompt read it once, not eight times."""
    sizes: list[int] = []

    def seen(_: torch.nn.Module, given: tuple[Tensor]) -> None:
        sizes.append(given[0].numel())

    engine.model.embedding.register_forward_pre_hook(seen)
    list(engine.submit(Request((1,) * 60, Sampling(), max_new_tokens=2, drafts=8)))
    assert sizes == [60, 8]


def test_a_preference_that_fails_on_stop_ends_its_request_alone(engine: Engine) -> None:
    """Whatever a request's own code raises, the model goes on to serve the others."""

    def few(ids: Sequence[int]) -> float:
        return 0.0 if len(ids) > 300 else ids[300]

    bad = engine.submit(Request((1,), Sampling(), max_new_tokens=400, drafts=2, preference=few))
    bad.take(0.05)
    bad.close()
    with pytest.raises(DemoError) as caught:
        list(bad)
    assert caught.value.key == "unexpected"
    assert len(list(engine.submit(Request((2,), GREEDY, max_new_tokens=5)))) == 5


def test_drafts_are_compared_once(engine: Engine) -> None:
    """A preference may cost something, and none is asked outside of its own request."""
    compared: list[int] = []

    def prefer(ids: Sequence[int]) -> float:
        compared.append(len(ids))
        return 0.0

    list(engine.submit(Request((1,), Sampling(), max_new_tokens=4, drafts=3, preference=prefer)))
    assert compared == [4, 4, 4]


def test_a_failure_outside_of_every_request_ends_all_and_the_next_is_served() -> None:
    """Nobody waits for a thread that is gone, and the model needs no restart."""

    class Broken(BatchJob):
        stopped, memory, remaining = False, 1, 1

        def __init__(self, cost: int | None) -> None:
            super().__init__()
            self.over, self.error = threading.Event(), None
            self._cost = cost

        def cost(self, _: int) -> int:
            return self._cost + 0  # type: ignore[operator]

        def begin(self) -> None: ...

        def end(self, error: DemoError | None = None) -> None:
            self.error = error
            self.over.set()

    runner = BatchRunner(lambda jobs, _: list(jobs), BatchLimits(), torch.device("cpu"), name="test")
    for cost, key in ((None, "unexpected"), (1, None)):
        job = Broken(cost)
        runner.submit(job)
        assert job.over.wait(2.0)
        assert getattr(job.error, "key", None) == key
    assert runner.run(lambda: 5) == 5
    runner.close()
