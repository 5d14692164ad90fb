"""Requests, streams and the thread between them."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from llama_demo.engine.engine import Engine
from llama_demo.engine.request import FinishReason, Request, Sampling, Step
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.errors import DeviceError, InputError
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig
from tests.model.small_llama import SMALL

CHUNK = BatchLimits().chunk_alone
CONFIG = replace(SMALL, max_position_embeddings=3 * CHUNK)
GREEDY = Sampling(temperature=0.0)


@pytest.fixture
def engine() -> Iterator[Engine]:
    torch.manual_seed(0)
    engine = Engine(Llama(CONFIG).eval())
    yield engine
    engine.close()


def tokens(engine: Engine, request: Request) -> list[int]:
    return [step.id for step in engine.submit(request)]


def test_generates_the_asked_number_of_tokens(engine: Engine) -> None:
    """A length limit is a promise: that many tokens and the reason ``length``."""
    stream = engine.submit(Request((1, 2, 3), GREEDY, max_new_tokens=17))
    assert len(list(stream)) == 17
    assert stream.finish_reason is FinishReason.LENGTH


def test_cached_decoding_equals_reading_everything_anew(engine: Engine) -> None:
    """The cache is a speed-up, never a change: each token is what a fresh pass over the text gives."""
    made = tokens(engine, Request((5, 6), GREEDY, max_new_tokens=30))
    text = [5, 6]
    with torch.inference_mode():
        for token in made:
            assert int(engine.model(torch.tensor([text]))[0, -1].argmax()) == token
            text.append(token)


def test_a_prompt_longer_than_a_chunk_is_read_whole(engine: Engine) -> None:
    """A prompt read in pieces gives the same first token as one read at once."""
    prompt = tuple(torch.randint(0, 97, (2 * CHUNK + 31,)).tolist())
    with torch.inference_mode():
        expected = int(engine.model(torch.tensor([prompt]))[0, -1].argmax())
    assert tokens(engine, Request(prompt, GREEDY, max_new_tokens=1)) == [expected]


def test_same_seed_same_text(engine: Engine) -> None:
    """Two runs of one seed are equal, two seeds are not."""

    def run(seed: int) -> list[int]:
        return tokens(engine, Request((1,), Sampling(temperature=1.0, seed=seed), max_new_tokens=40))

    assert run(1) == run(1) != run(2)


def test_a_stop_token_ends_the_text_and_is_not_part_of_it(engine: Engine) -> None:
    """The end mark is for the engine, not for the reader."""
    full = tokens(engine, Request((1, 2, 3), GREEDY, max_new_tokens=20))
    stream = engine.submit(Request((1, 2, 3), GREEDY, max_new_tokens=20, stop_ids=frozenset({full[5]})))
    assert [step.id for step in stream] == full[: full.index(full[5])]
    assert stream.finish_reason is FinishReason.END


def test_close_from_another_thread_ends_within_a_token(engine: Engine) -> None:
    """A Stop button is pressed on another thread than the one that reads the stream."""
    stream = engine.submit(Request((1,), GREEDY, max_new_tokens=700))
    steps = iter(stream)
    made = [next(steps)]
    other = threading.Thread(target=stream.close)
    other.start()
    made += steps
    other.join()
    assert len(made) < 700
    assert stream.finish_reason is FinishReason.STOPPED


def test_a_stopped_stream_keeps_its_steps(engine: Engine) -> None:
    """What was written before the stop can still be read."""
    stream = engine.submit(Request((1,), GREEDY, max_new_tokens=700))
    assert len(tokens(engine, Request((2,), GREEDY, max_new_tokens=5))) == 5  # served in turn with the other
    stream.close()
    assert stream.take(1.0)


@pytest.fixture
def one_at_a_time() -> Iterator[Engine]:
    torch.manual_seed(0)
    engine = Engine(Llama(CONFIG).eval(), limits=BatchLimits(running=1))
    yield engine
    engine.close()


def test_requests_wait_for_each_other_and_say_so(one_at_a_time: Engine) -> None:
    """Whoever stands in line sees how many are before them, and everybody gets their text."""
    first = one_at_a_time.submit(Request((1,), GREEDY, max_new_tokens=300))
    second = one_at_a_time.submit(Request((2,), GREEDY, max_new_tokens=5))
    assert second.waiting == 1
    assert len(list(second)) == 5
    assert len(list(first)) == 300
    assert second.waiting == 0


def test_a_request_closed_while_waiting_ends_at_once(one_at_a_time: Engine) -> None:
    """Nobody waits for somebody else's text in order to leave the line."""
    first = one_at_a_time.submit(Request((1,), GREEDY, max_new_tokens=700))
    second = one_at_a_time.submit(Request((2,), GREEDY, max_new_tokens=700))
    second.close()
    assert second.take(0.0) is None
    assert second.finish_reason is FinishReason.STOPPED
    assert first.finish_reason is None
    first.close()


def test_closing_the_engine_ends_what_is_being_written() -> None:
    """Whoever reads a stream when the program ends is not left waiting."""
    engine = Engine(Llama(CONFIG).eval())
    stream = engine.submit(Request((1,), GREEDY, max_new_tokens=700))
    engine.close()
    assert len(list(stream)) < 700
    assert stream.finish_reason is FinishReason.STOPPED


def test_several_requests_are_written_together(engine: Engine) -> None:
    """A short text does not wait for a long one, and neither is changed by the company."""
    alone = tokens(engine, Request((20,), GREEDY, max_new_tokens=20))
    long = engine.submit(Request((7,), GREEDY, max_new_tokens=600))
    short = engine.submit(Request((20,), GREEDY, max_new_tokens=20))
    assert long.waiting == short.waiting == 0
    assert [step.id for step in short] == alone
    assert long.finish_reason is None
    assert len(list(long)) == 600


def test_more_requests_than_places_stand_in_line() -> None:
    """Four are served at once; the sixth has two before it who must end first."""
    engine = Engine(Llama(CONFIG).eval(), limits=BatchLimits(running=4))
    streams = [engine.submit(Request((1,), GREEDY, max_new_tokens=500)) for _ in range(6)]
    assert [stream.waiting for stream in streams] == [0, 0, 0, 0, 1, 2]
    engine.close()


def test_an_abandoned_loop_frees_the_engine(engine: Engine) -> None:
    """A page that is closed in the middle of a text must not keep the model busy."""
    for _ in engine.submit(Request((1,), GREEDY, max_new_tokens=700)):
        break
    gc.collect()
    began = time.monotonic()
    assert len(tokens(engine, Request((2,), GREEDY, max_new_tokens=2))) == 2
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(
    ("prompt", "length", "key"),
    [
        ((), 5, "prompt_empty"),
        (tuple([1] * CONFIG.max_position_embeddings), 1, "prompt_too_long"),
        ((1, 2), CONFIG.max_position_embeddings - 1, "out_of_range"),
        ((1, 2), 0, "out_of_range"),
    ],
)
def test_what_does_not_fit_is_refused(engine: Engine, prompt: tuple[int, ...], length: int, key: str) -> None:
    """Beyond the context the model knows no positions: the message says what fits."""
    with pytest.raises(InputError) as caught:
        engine.submit(Request(prompt, GREEDY, max_new_tokens=length))
    assert caught.value.key == key


def test_the_last_position_of_the_context_is_usable(engine: Engine) -> None:
    """Prompt and text together may fill the context to its last token."""
    limit = CONFIG.max_position_embeddings
    assert len(tokens(engine, Request((1,) * (limit - 3), GREEDY, max_new_tokens=3))) == 3


def test_a_failure_ends_its_request_and_not_the_engine(engine: Engine) -> None:
    """A token id that the model does not know breaks one request; the next one works."""
    with pytest.raises(DeviceError) as caught:
        tokens(engine, Request((10_000,), GREEDY, max_new_tokens=2))
    assert caught.value.key == "engine_failed"
    assert len(tokens(engine, Request((1,), GREEDY, max_new_tokens=2))) == 2


def test_too_little_memory_is_said_and_survived() -> None:
    """A cache that no machine can hold gives advice, and the next request works."""
    model = Llama(
        LlamaConfig(
            vocab_size=16,
            hidden_size=1024,
            intermediate_size=8,
            num_hidden_layers=8,
            num_attention_heads=1,
            num_key_value_heads=1,
            head_dim=1024,
            max_position_embeddings=2**24,
        )
    ).eval()
    engine = Engine(model)
    with pytest.raises(DeviceError) as caught:
        list(engine.submit(Request((1,), GREEDY, max_new_tokens=2**24 - 8)))
    assert caught.value.key == "out_of_memory"
    assert len(list(engine.submit(Request((1,), GREEDY, max_new_tokens=2)))) == 2
    engine.close()


def test_alternatives_are_reported_likeliest_first(engine: Engine) -> None:
    """What else could have come next, in order, with the drawn token's own probability among them."""
    (step,) = engine.submit(Request((1,), GREEDY, max_new_tokens=1, alternatives=5))
    logprobs = [alternative.logprob for alternative in step.alternatives]
    assert len(logprobs) == 5
    assert logprobs == sorted(logprobs, reverse=True)
    assert step.alternatives[0].id == step.id
    assert step.alternatives[0].logprob == pytest.approx(step.logprob)


def test_the_best_of_the_drafts_is_given(engine: Engine) -> None:
    """Of eight drafts the likeliest comes, whole, and the same one for the same seed."""
    single = Request((1, 2), Sampling(temperature=1.5, seed=3), max_new_tokens=12)
    drafts = replace(single, drafts=8)

    def likelihood(request: Request) -> float:
        steps = list(engine.submit(request))
        assert len(steps) == 12
        return sum(step.logprob for step in steps)

    others = [
        likelihood(replace(single, sampling=replace(single.sampling, seed=8 * 3 + number)))
        for number in range(8)
    ]
    assert likelihood(drafts) == pytest.approx(max(others), abs=1e-3)
    assert tokens(engine, drafts) == tokens(engine, drafts)


def test_a_preference_weighs_beside_the_likelihood(engine: Engine) -> None:
    """Whoever asks for a theme gets the draft that has it, though another is likelier."""
    request = Request((1, 2), Sampling(temperature=1.5, seed=3), max_new_tokens=6, drafts=8)
    least = replace(request, preference=lambda ids: -10.0 * min(ids))
    assert min(tokens(engine, least)) <= min(tokens(engine, request))


def test_drafts_that_are_stopped_give_what_there_is(engine: Engine) -> None:
    """Stop never throws away what was written."""
    stream = engine.submit(Request((1,), Sampling(temperature=1.0), max_new_tokens=3 * CHUNK - 10, drafts=4))
    time.sleep(0.3)
    stream.close()
    steps: list[Step] = []
    while (some := stream.take(0.05)) is not None:
        steps += some
    assert stream.finish_reason is FinishReason.STOPPED
    assert 0 < len(steps) < 3 * CHUNK - 10


def test_drafts_leave_turns_to_others(engine: Engine) -> None:
    """While eight drafts are drawn for one client, another's text comes."""
    long = engine.submit(Request((1,), Sampling(), max_new_tokens=3 * CHUNK - 10, drafts=8))
    try:
        assert len(tokens(engine, Request((2,), GREEDY, max_new_tokens=5))) == 5
        assert long.finish_reason is None
    finally:
        long.close()
