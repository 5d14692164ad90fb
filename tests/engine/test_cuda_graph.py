"""Decoding by graphs, with the step computed anew where a graphics card would replay it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
import torch

from llama_demo.engine.cuda_graph import DecodeGraphs, graphs_for
from llama_demo.engine.decoding import Decoding, decode
from llama_demo.engine.engine import Engine
from llama_demo.engine.fair_share import Client, call_on_behalf_of
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.mistral import Mistral, MistralConfig
from llama_demo.model.qwen3 import Qwen3, Qwen3Config
from llama_demo.model.rope_scaling import DynamicScaling, RopeScaling

SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
}
GREEDY = Sampling(temperature=0.0)
PLENTY = 2**40


def llama(scaling: RopeScaling | None = None) -> Llama:
    torch.manual_seed(0)
    return Llama(LlamaConfig(**SIZES, rope_scaling=scaling or RopeScaling())).eval()  # type: ignore[arg-type]


def qwen3() -> Llama:
    torch.manual_seed(0)
    return Qwen3(Qwen3Config(**SIZES, windows=(None, None))).eval()  # type: ignore[arg-type]


def mistral(window: int) -> Llama:
    torch.manual_seed(0)
    return Mistral(MistralConfig(**SIZES, sliding_window=window)).eval()  # type: ignore[arg-type]


class Replays:
    """Takes the place of the capture: computes instead of replaying, and counts.

    Args:
        most: captures that succeed.
        memory_for: tokens for which there is memory.
    """

    def __init__(self, most: int = 100, memory_for: int = 10_000) -> None:
        self.captures = self.replays = 0
        self.most, self.memory_for = most, memory_for

    def __call__(self, compute: Callable[[], None]) -> Callable[[], None]:
        self.captures += 1
        compute()
        if self.captures > self.most:
            raise RuntimeError("operation not permitted when stream is capturing")

        def replay() -> None:
            self.replays += 1
            if self.replays > self.memory_for:
                raise torch.OutOfMemoryError("CUDA out of memory")
            compute()

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
    """Every token but those of the prompt comes by a graph, of which there is one for each size."""
    model, replays = make(), Replays()
    assert written(model, replays, REQUEST) == plain(model, REQUEST)
    assert (replays.captures, replays.replays) == (3, 59)  # of 16, 32 and 64 tokens


def test_graphs_serve_the_next_request(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever their caches still hold of the one before."""
    model, replays = llama(), Replays()
    held = graphs(model, replays)
    for prompt in ((5, 6, 7), (8,), tuple(range(20))):
        request = Request(prompt, GREEDY, max_new_tokens=30)
        assert read_on(held, [Decoding(model, request)], 30) == [plain(model, request)]
    assert replays.captures == 3
    assert not caplog.records


@pytest.fixture
def engine() -> Iterator[Engine]:
    model = llama()
    engine = Engine(model, graphs=graphs(model, Replays()))
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
    assert "not permitted when stream is capturing" in record.getMessage()


def test_memory_that_ends_while_graphs_hold_some_costs_no_request(caplog: pytest.LogCaptureFixture) -> None:
    """The graphs give theirs back, and the request reads its text anew."""
    model, replays = llama(), Replays(memory_for=20)
    (ids,) = read_on(graphs(model, replays), [Decoding(model, REQUEST)], 60)
    assert ids == plain(model, REQUEST)
    assert len(caplog.records) == 1


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
