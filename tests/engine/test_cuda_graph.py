"""Decoding by graphs, with the step computed anew where a graphics card would replay it."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from llama_demo.engine import batch_runner
from llama_demo.engine import engine as engine_module
from llama_demo.engine.cuda_graph import DecodeGraphs, graphs_for
from llama_demo.engine.decoding import Decoding, decode
from llama_demo.engine.engine import Engine
from llama_demo.engine.fair_share import Client, call_on_behalf_of
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.cache import KeyValueCache
from llama_demo.model.llama import Llama
from llama_demo.model.mistral import Mistral, MistralConfig
from llama_demo.model.qwen3 import Qwen3, Qwen3Config
from llama_demo.model.rope_scaling import DynamicScaling, RopeScaling
from tests.model.small_llama import SMALL

GREEDY = Sampling(temperature=0.0)
PLENTY = 2**40


def llama(scaling: RopeScaling | None = None) -> Llama:
    torch.manual_seed(0)
    return Llama(replace(SMALL, rope_scaling=scaling or RopeScaling())).eval()


def qwen3() -> Llama:
    torch.manual_seed(0)
    return Qwen3(Qwen3Config(**vars(SMALL), windows=(None, None))).eval()


def mistral(window: int) -> Llama:
    torch.manual_seed(0)
    return Mistral(MistralConfig(**vars(SMALL), sliding_window=window)).eval()


class Replays:
    """Takes the place of the capture: computes instead of replaying, and counts.

    Args:
        most: captures that succeed.
        memory_for: tokens for which there is memory.
        right: captures whose replays compute anything.

    Attributes:
        alive: what was captured and is not free yet.
    """

    def __init__(self, most: int = 100, memory_for: int = 10_000, right: int = 100) -> None:
        self.captures = self.replays = 0
        self.most, self.memory_for, self.right = most, memory_for, right
        self.alive: weakref.WeakSet[Callable[[], None]] = weakref.WeakSet()

    def __call__(self, compute: Callable[[], None]) -> Callable[[], None]:
        self.captures += 1
        compute()
        if self.captures > self.most:
            raise RuntimeError("operation not permitted when stream is capturing")
        is_right = self.captures <= self.right

        def replay() -> None:
            self.replays += 1
            if self.replays > self.memory_for:
                raise torch.OutOfMemoryError("CUDA out of memory")
            if is_right:
                compute()

        self.alive.add(replay)
        return replay


def graphs(model: Llama, replays: Replays, free: int = PLENTY) -> DecodeGraphs:
    return DecodeGraphs(model, replays, lambda: free, smallest=16)


def plain(model: Llama, request: Request) -> list[int]:
    """What the request gets without graphs."""
    return [step.id for step in decode(model, request)]


@torch.inference_mode()
def read_on(graphs: DecodeGraphs, decodings: list[Decoding], passes: int) -> list[list[int]]:
    """The tokens of requests that share so many passes."""
    made: list[list[int]] = [[] for _ in decodings]
    for _ in range(passes):
        for ids, one, logits in zip(made, decodings, graphs.read(decodings, 64), strict=True):
            ids += [step.id for step in one.advance(logits)]
    return made


def written(model: Llama, replays: Replays, request: Request, free: int = PLENTY) -> list[int]:
    (ids,) = read_on(graphs(model, replays, free), [Decoding(model, request)], request.max_new_tokens)
    return ids


REQUEST = Request((5, 6, 7), GREEDY, max_new_tokens=60)  # beyond caches of 16 and 32 tokens


@pytest.mark.parametrize("make", [llama, qwen3])
def test_writes_the_same_text_in_caches_of_growing_size(make: Callable[[], Llama]) -> None:
    """Every token behind the prompt comes by a graph, or is the one on which a graph of a size is tried."""
    model, replays = make(), Replays()
    assert written(model, replays, REQUEST) == plain(model, REQUEST)
    assert (replays.captures, replays.replays) == (3, 59)  # of 16, 32 and 64 tokens


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_the_precision_is_no_failure(dtype: torch.dtype, caplog: pytest.LogCaptureFixture) -> None:
    """The logits differ by more than in float32, which is no reason to do without graphs."""
    model, replays = llama().to(dtype), Replays()
    written(model, replays, REQUEST)
    assert (replays.captures, replays.replays) == (3, 59)
    assert not caplog.records


@pytest.mark.parametrize("right", [0, 1])
def test_a_graph_that_computes_something_else_never_serves(
    right: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The first or a later one: the text is the same, the log says so once, and none is tried again."""
    model, replays = llama(), Replays(right=right)
    held = graphs(model, replays)
    for _ in range(2):
        assert read_on(held, [Decoding(model, REQUEST)], 60) == [plain(model, REQUEST)]
        held.release()
    assert replays.captures == right + 1
    (record,) = caplog.records
    assert "logits differ" in record.getMessage()


def test_a_graph_is_tried_where_it_could_be_wrong() -> None:
    """Not on the first token of a text, where a graph that knows no other place would be right."""
    model, replays = llama(), Replays()
    request = Request((5,), GREEDY, max_new_tokens=3)
    (ids,) = read_on(graphs(model, replays), [Decoding(model, request)], 1)
    assert ids == plain(model, request)[:1]
    assert replays.captures == 0


def test_graphs_serve_the_next_request(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever their caches still hold of the one before."""
    model, replays = llama(), Replays()
    held = graphs(model, replays)
    for prompt in ((5, 6, 7), (8,), tuple(range(20))):
        request = Request(prompt, GREEDY, max_new_tokens=30)
        assert read_on(held, [Decoding(model, request)], 30) == [plain(model, request)]
    assert replays.captures == 4  # of 16, 32, again 16, and 64 tokens
    assert len(replays.alive) == 1  # the largest was the last one
    assert not caplog.records


def test_the_graph_in_use_and_the_largest_stay() -> None:
    """A short text behind a long one takes no more memory, and the next long one has its graph at once."""
    model, replays = llama(), Replays()
    held = graphs(model, replays)
    long, short = Request(tuple(range(64)), GREEDY, max_new_tokens=10), REQUEST
    for request, captures in ((long, 1), (short, 4), (long, 4)):
        assert read_on(held, [Decoding(model, request)], request.max_new_tokens) == [plain(model, request)]
        assert replays.captures == captures
    assert len(replays.alive) == 2


@pytest.fixture
def replays() -> Replays:
    return Replays()


@pytest.fixture
def engine(replays: Replays) -> Iterator[Engine]:
    model = llama()
    engine = Engine(model, graphs=graphs(model, replays))
    yield engine
    engine.close()


def test_the_next_question_continues_what_was_read_by_graphs(engine: Engine) -> None:
    """A client's second turn begins with the first, of which nothing may be lost or changed."""
    ann = Client("10.0.0.1", "ann")

    def ask(prompt: tuple[int, ...]) -> list[int]:
        request = Request(prompt, GREEDY, max_new_tokens=20)
        stream = call_on_behalf_of(ann, engine.submit, request)
        made = [step.id for step in stream]
        assert made == plain(engine.model, request)
        return made

    sizes: list[int] = []
    prompt = tuple(range(30))
    answer = ask(prompt)
    hook = engine.model.embedding.register_forward_pre_hook(lambda _, given: sizes.append(given[0].numel()))
    ask((*prompt, *answer, 8))
    hook.remove()
    assert sizes[0] == 2  # the last token of the answer, and the new one


def test_a_closed_engine_holds_no_graph(engine: Engine, replays: Replays) -> None:
    """Its memory is for the model that takes its place."""
    list(engine.submit(REQUEST))
    engine.close()
    assert replays.captures
    assert not replays.alive


def test_an_idle_engine_holds_no_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its memory is for the models that are busy, until the next request."""
    monkeypatch.setattr(batch_runner, "IDLE_SECONDS", 0.0)
    model, replays, released = llama(), Replays(), threading.Event()

    class Watched(DecodeGraphs):
        def release(self) -> None:
            super().release()
            released.set()

    engine = Engine(model, graphs=Watched(model, replays, lambda: PLENTY, smallest=16))
    for captures in (3, 6):
        released.clear()
        assert [step.id for step in engine.submit(REQUEST)] == plain(model, REQUEST)
        assert released.wait(60)
        assert replays.captures == captures
        assert not replays.alive
    engine.close()


def test_the_speed_is_that_of_tokens_without_captures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three captures of a minute among sixty tokens of a hundredth of a second are no speed of a model."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 0.01
        return now

    class Slow(Replays):
        def __call__(self, compute: Callable[[], None]) -> Callable[[], None]:
            nonlocal now
            now += 60.0
            return super().__call__(compute)

    monkeypatch.setattr(engine_module, "time", SimpleNamespace(perf_counter=clock))
    model = llama()
    engine = Engine(model, graphs=graphs(model, Slow()))
    list(engine.submit(REQUEST))
    engine.close()
    assert engine.tokens_per_second == pytest.approx(100)


def test_requests_come_and_go() -> None:
    """One decodes by a graph, is joined by another, and each goes on alone: the texts are as if apart."""
    model, replays = llama(), Replays()
    held = graphs(model, replays)
    requests = [Request(prompt, GREEDY, max_new_tokens=40) for prompt in ((1, 2), (3, 4, 5))]
    first, second = (Decoding(model, request) for request in requests)
    one, other = read_on(held, [first], 6)[0], list[int]()
    for made, ids in zip((one, other), read_on(held, [first, second], 9), strict=True):
        made += ids
    assert replays.replays == 5
    for _ in range(5):  # by turns, as after a pass that failed
        one += read_on(held, [first], 2)[0]
        other += read_on(held, [second], 3)[0]
    assert replays.replays == 30
    assert one == plain(model, requests[0])[: len(one)]
    assert other == plain(model, requests[1])[: len(other)]


def test_drafts_of_one_request_go_the_ordinary_way() -> None:
    """They are several texts."""
    model, replays = llama(), Replays()
    request = Request((5,), Sampling(temperature=1.0), max_new_tokens=20, drafts=3)
    assert written(model, replays, request) == plain(model, request)
    assert replays.captures == 0


@pytest.mark.parametrize("most", [0, 1])
def test_a_capture_that_fails_costs_no_request(most: int, caplog: pytest.LogCaptureFixture) -> None:
    """The first or a later one: the text is the same, the log says so once, and none is tried again."""
    model, replays = llama(), Replays(most)
    held = graphs(model, replays)
    for _ in range(2):
        assert read_on(held, [Decoding(model, REQUEST)], 60) == [plain(model, REQUEST)]
    assert replays.captures == most + 1
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.exc_info  # where it failed
    assert "not permitted when stream is capturing" in record.getMessage()


def test_memory_that_ends_while_graphs_hold_some_costs_no_request(caplog: pytest.LogCaptureFixture) -> None:
    """The graphs give theirs back, and the request reads its text anew."""
    model, replays = llama(), Replays(memory_for=20)
    (ids,) = read_on(graphs(model, replays), [Decoding(model, REQUEST)], 60)
    assert ids == plain(model, REQUEST)
    assert len(caplog.records) == 1


def test_memory_is_given_back_before_more_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is none for a second cache of a request beside its first, nor beside that of a graph."""
    model = llama()
    new_cache, alive = model.new_cache, weakref.WeakSet[torch.Tensor]()
    beside: list[int] = []

    def watched(capacity: int, *, batch: int = 1) -> KeyValueCache:
        if capacity == len(REQUEST.prompt) + REQUEST.max_new_tokens:
            beside.append(len(alive))
        cache = new_cache(capacity, batch=batch)
        if capacity:
            alive.update(layer.keys for layer in cache.layers)
        return cache

    monkeypatch.setattr(model, "new_cache", watched)
    read_on(graphs(model, Replays(memory_for=20)), [Decoding(model, REQUEST)], 60)
    assert beside == [0, 0]  # the first, and the one that is read anew


def test_graphs_are_tried_again_once_the_model_was_idle(caplog: pytest.LogCaptureFixture) -> None:
    """Not before: what they would take is what the requests need."""
    model, replays = llama(), Replays(memory_for=20)
    held = graphs(model, replays)
    read_on(held, [Decoding(model, REQUEST)], 60)
    replays.memory_for, captures = 10_000, replays.captures
    read_on(held, [Decoding(model, REQUEST)], 60)
    assert replays.captures == captures
    held.release()
    assert read_on(held, [Decoding(model, REQUEST)], 60) == [plain(model, REQUEST)]
    assert replays.captures == captures + 3
    assert len(caplog.records) == 1


def test_memory_that_ends_in_a_capture_costs_no_request(caplog: pytest.LogCaptureFixture) -> None:
    """Nor the graphs for good."""
    model, replays = llama(), Replays(memory_for=0)
    held = graphs(model, replays)
    assert read_on(held, [Decoding(model, REQUEST)], 60) == [plain(model, REQUEST)]
    assert replays.captures == 1
    assert len(caplog.records) == 1
    assert not replays.alive
    replays.memory_for = 10_000
    held.release()
    assert read_on(held, [Decoding(model, REQUEST)], 60) == [plain(model, REQUEST)]
    assert replays.captures == 4


def test_memory_that_ends_in_the_middle_of_a_prompt_costs_no_request() -> None:
    """The first layer has read it by then, and must not read it twice."""
    model = llama()
    held = graphs(model, Replays())
    read_on(held, [Decoding(model, REQUEST)], 60)

    def fail(*_: object) -> None:
        hook.remove()
        raise torch.OutOfMemoryError("CUDA out of memory")

    hook = model.layers[1].register_forward_pre_hook(fail)
    assert read_on(held, [Decoding(model, REQUEST)], 60) == [plain(model, REQUEST)]


def test_little_memory_is_left_to_the_requests(caplog: pytest.LogCaptureFixture) -> None:
    """Small caches have graphs, and for those above there is none."""
    model, replays = llama(), Replays()
    free = 8 * model.cache_bytes(32)
    assert written(model, replays, REQUEST, free) == plain(model, REQUEST)
    assert replays.captures == 2
    assert len(caplog.records) == 1


def test_windows_end_what_graphs_do(caplog: pytest.LogCaptureFixture) -> None:
    """A layer with a window moves its memory; where text and cache fit into it, there is none to notice."""
    for window, captures in ((10, 0), (40, 0), (63, 2), (64, 3)):
        model, replays = mistral(window), Replays()
        assert written(model, replays, REQUEST) == plain(model, REQUEST)
        assert replays.captures == captures
    assert not caplog.records


def test_frequencies_that_depend_on_the_length_go_the_ordinary_way() -> None:
    """Each request has its own."""
    model, replays = llama(DynamicScaling(2.0, 16)), Replays()
    assert written(model, replays, REQUEST) == plain(model, REQUEST)
    assert replays.captures == 0


def test_a_processor_has_no_graphs() -> None:
    """It would attend to places that hold nothing."""
    assert graphs_for(llama()) is None
