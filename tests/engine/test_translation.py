"""Greedy and beam search find what the reference finds, in any batch, and can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from llama_demo.engine.beam_search import Search
from llama_demo.engine.fair_share import Client, on_behalf_of
from llama_demo.engine.translation import LIMITS, TranslationEngine, TranslationHypotheses
from llama_demo.errors import InputError
from tests.model.random_encoders import Checkpoint, m2m100, marian, padded

LENGTHS = (17, 9, 12, 3, 16)
KINDS = {"marian": (marian, 198, ()), "m2m100": (m2m100, 1, (5,))}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Networks this small are done before a second thread has woken up."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@cache
def engine(kind: str) -> TranslationEngine:
    return TranslationEngine(KINDS[kind][0]().load())


def sources(kind: str) -> list[list[int]]:
    ids, _ = padded(LENGTHS, KINDS[kind][1])
    return [row[:length].tolist() for row, length in zip(ids, LENGTHS, strict=True)]


def translated(kind: str, how: Search, **options: Any) -> list[TranslationHypotheses]:
    found = dict(engine(kind).translate(sources(kind), how, prefix=KINDS[kind][2], **options))
    return [found[i] for i in range(len(LENGTHS))]


def reference(kind: str, **options: Any) -> Any:
    make, pad, prefix = KINDS[kind]
    checkpoint: Checkpoint = make()
    ids, mask = padded(LENGTHS, pad)
    forced = {"forced_bos_token_id": prefix[0]} if prefix else {}
    with torch.inference_mode():
        return checkpoint.reference.generate(
            input_ids=ids, attention_mask=mask.long(), do_sample=False, **forced, **options
        )


def without_marks(kind: str, row: torch.Tensor) -> list[int]:
    make, pad, prefix = KINDS[kind]
    ids = row.tolist()[1 + len(prefix) :]
    end = make().reference.config.eos_token_id
    ids = ids[: ids.index(end)] if end in ids else ids
    return [i for i in ids if i != pad]


@pytest.mark.parametrize("kind", KINDS)
def test_64_greedy_tokens_are_the_references(kind: str) -> None:
    """One wrong logit, position or cached key shows in 64 tokens."""
    theirs = reference(kind, max_new_tokens=64, num_beams=1)
    ours = translated(kind, Search(max_new_tokens=64))
    assert [list(each.hypotheses[0].ids) for each in ours] == [without_marks(kind, row) for row in theirs]
    assert len({len(each.hypotheses[0].ids) for each in ours}) > 1


@pytest.mark.parametrize(
    ("kind", "penalty", "early"),
    [("marian", 1.0, False), ("marian", 0.6, True), ("m2m100", 1.0, False), ("m2m100", 0.2, True)],
)
def test_beam_search_is_the_references(kind: str, penalty: float, early: bool) -> None:
    """All four beams agree with their scores, whatever the length penalty, early stopping or not."""
    theirs = reference(
        kind,
        max_new_tokens=32,
        num_beams=4,
        num_return_sequences=4,
        length_penalty=penalty,
        early_stopping=early,
        output_scores=True,
        return_dict_in_generate=True,
    )
    how = Search(beams=4, best=4, length_penalty=penalty, early_stopping=early, max_new_tokens=32)
    ours = [hypothesis for each in translated(kind, how) for hypothesis in each.hypotheses]
    assert [list(each.ids) for each in ours] == [without_marks(kind, row) for row in theirs.sequences]
    assert [each.score for each in ours] == pytest.approx(
        theirs.sequences_scores.tolist(), rel=1e-4, abs=1e-4
    )


@pytest.mark.parametrize("beams", [1, 4])
def test_a_model_that_turns_in_a_circle_is_led_out(beams: int) -> None:
    """No one to four tokens stand more often in a row than is allowed; greedily, the rest is as it was."""

    def rounds(ids: Sequence[int]) -> int:
        most = 1
        for period in (1, 2, 3, 4):
            run = 0
            for place in range(period, len(ids)):
                run = run + 1 if ids[place] == ids[place - period] else 0
                most = max(most, 1 + -(-run // period))  # one that has begun counts
        return most

    free = [t.hypotheses[0].ids for t in translated("marian", Search(beams=beams, max_new_tokens=64))]
    led = [
        t.hypotheses[0].ids
        for t in translated("marian", Search(beams=beams, max_new_tokens=64, most_repeats=2))
    ]
    assert max(map(rounds, free)) > 2
    assert max(map(rounds, led)) <= 2
    assert beams > 1 or [ids for ids in free if rounds(ids) <= 2] == [
        new for ids, new in zip(free, led, strict=True) if rounds(ids) <= 2
    ]


@pytest.mark.parametrize("beams", [1, 4])
def test_company_changes_nothing(beams: int) -> None:
    """A sentence alone, or among others and their padding, gives the same."""
    how = Search(beams=beams, max_new_tokens=24)
    together = translated("marian", how)
    for i, source in enumerate(sources("marian")):
        [(place, alone)] = engine("marian").translate([source], how)
        assert place == 0
        assert alone.hypotheses[0].ids == together[i].hypotheses[0].ids
        assert alone.hypotheses[0].score == pytest.approx(together[i].hypotheses[0].score, abs=1e-4)


def test_other_clients_change_nothing() -> None:
    """Texts that are translated at the same time share passes; each comes out as it would alone, whether
    neighbours are greedy or search with beams, finish before it or are cancelled."""
    kinds = [Search(beams=beams, max_new_tokens=24) for beams in (1, 4, 2, 1, 4, 1)]
    alone = [translated("marian", how) for how in kinds]
    together: dict[int, list[TranslationHypotheses]] = {}

    def work(number: int) -> None:
        together[number] = translated("marian", kinds[number])

    def give_up(how: Search) -> None:
        next(engine("marian").translate(sources("marian") * 3, replace(how, max_new_tokens=100)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(kinds))]
    threads += [threading.Thread(target=give_up, args=(how,)) for how in kinds[:3]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, expected in enumerate(alone):
        for found, other in zip(together[number], expected, strict=True):
            assert [one.ids for one in found.hypotheses] == [one.ids for one in other.hypotheses]
            assert found.hypotheses[0].score == pytest.approx(other.hypotheses[0].score, abs=1e-4)
    until = time.monotonic() + 2.0
    while engine("marian").batches and time.monotonic() < until:
        time.sleep(0.01)
    assert engine("marian").batches == 0


def test_a_short_text_does_not_wait_for_a_long_one() -> None:
    """Two words of one person are translated while a book of another is under way."""
    model = marian().load()
    shared, stop = TranslationEngine(model), threading.Event()

    def book() -> None:
        many = [sources("marian")[0]] * 600
        long = shared.translate(many, Search(beams=4), early=False, stopped=stop.is_set)
        assert len(list(on_behalf_of(Client("10.0.0.1"), long))) < 600

    thread = threading.Thread(target=book)
    thread.start()
    assert len(list(shared.translate([[5, 2]], Search(max_new_tokens=4)))) == 1
    stop.set()
    thread.join()


def test_padding_is_never_written() -> None:
    """Its logits may be highest; it is no word."""
    model = marian().load()
    with torch.no_grad():
        model.logits_bias[0, 198] = 1000.0
    found = TranslationEngine(model).translate(sources("marian"), Search(max_new_tokens=12))
    assert all(198 not in each.hypotheses[0].ids for _, each in found)


def test_cross_attention_is_that_of_writing() -> None:
    """Rows for every written token, equal to those that the reference saw while it wrote."""
    theirs = reference(
        "marian", max_new_tokens=12, num_beams=1, output_attentions=True, return_dict_in_generate=True
    )
    ours = translated("marian", Search(max_new_tokens=12), attention=True)
    for i, each in enumerate(ours):
        assert each.attention is not None
        assert each.attention.shape == (2, 4, len(each.hypotheses[0].ids), LENGTHS[i])
        np.testing.assert_allclose(each.attention.sum(-1), 1.0, atol=1e-5)
        for step in range(len(each.hypotheses[0].ids)):
            for layer in range(2):
                rows = theirs.cross_attentions[step][layer][i, :, 0, : LENGTHS[i]]
                np.testing.assert_allclose(each.attention[layer, :, step], rows.numpy(), atol=1e-5)


def test_every_source_comes_once_and_early_ones_first() -> None:
    """Sorting by length is nobody's business outside: each place comes once, the first sentences soon."""
    many = [sources("marian")[i % 5] for i in range(40)]
    places = [place for place, _ in engine("marian").translate(many, Search(max_new_tokens=4))]
    assert sorted(places) == list(range(40))
    assert set(places[:2]) == {0, 1}


def test_another_thread_stops_it() -> None:
    """Stop is heard within a token, in the middle of a batch."""
    stop = threading.Event()
    endless = marian().load()
    with torch.no_grad():
        endless.logits_bias[0, 0] = -1000.0  # it never ends by itself
    threading.Timer(0.05, stop.set).start()
    began = time.monotonic()
    many = [sources("marian")[0]] * 2000
    found = list(TranslationEngine(endless).translate(many, Search(beams=4), stopped=stop.is_set))
    assert len(found) < 2000
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("close", [False, True])
def test_nothing_is_read_after_stop(close: bool) -> None:
    """Of a book that is stopped or left, batches that wait or were not begun cost the others nothing."""
    model = marian().load()
    counts: list[int] = []
    stop = threading.Event()
    shared = TranslationEngine(model, limits=replace(LIMITS, running=1))
    found = shared.translate([sources("marian")[0]] * 600, Search(beams=4), stopped=stop.is_set)
    next(found)
    encode = model.encode_packed

    def counted(batches: Any) -> Any:
        counts.append(len(batches))
        return encode(batches)

    model.encode_packed = counted  # type: ignore[method-assign]
    if close:
        found.close()
    else:
        stop.set()
        assert list(found) == []
    until = time.monotonic() + 2.0
    while shared.batches and time.monotonic() < until:
        time.sleep(0.01)
    assert shared.batches == 0
    assert len(counts) <= 1  # a pass may have been under way


def test_what_cannot_be_translated_is_told_before_anything_runs() -> None:
    """Too long, empty, or no room for an answer: one readable error each."""
    run = engine("marian").translate
    for bad, key in (([[5] * 129], "sentence_too_long"), ([[]], "prompt_empty")):
        with pytest.raises(InputError) as caught:
            next(run(bad))
        assert caught.value.key == key
    with pytest.raises(InputError):
        next(engine("m2m100").translate([[5, 2]], Search(max_new_tokens=1), prefix=(5,)))
    assert list(run([])) == []


@pytest.mark.parametrize(
    "wrong", [{"beams": 0}, {"beams": 33}, {"best": 2}, {"length_penalty": 5.0}, {"max_new_tokens": 0}]
)
def test_a_search_checks_itself(wrong: dict[str, Any]) -> None:
    """Values out of range are refused, not used."""
    with pytest.raises(InputError):
        Search(**wrong)
