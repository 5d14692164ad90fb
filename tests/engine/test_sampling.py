"""Drawing the next token."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llama_demo.engine.request import Sampling
from llama_demo.engine.sampling import Sampler, truncate
from llama_demo.engine.token_filter import TokenSet
from llama_demo.errors import InputError

LOGITS = torch.tensor([2.0, 1.2, 0.5, -1.0, -3.0])


def kept(sampling: Sampling, logits: torch.Tensor = LOGITS) -> list[int]:
    return truncate(logits, sampling)[1].tolist()


def test_top_k_keeps_the_k_likeliest() -> None:
    """A top-k of 2 must never let the third token through."""
    assert kept(Sampling(top_k=2, top_p=1.0)) == [0, 1]


def test_top_p_keeps_the_smallest_set_that_reaches_it() -> None:
    """The nucleus is the shortest list of likeliest tokens whose probabilities sum to top_p."""
    probabilities = LOGITS.softmax(-1)
    assert float(probabilities[:2].sum()) < 0.85 <= float(probabilities[:3].sum())
    assert kept(Sampling(top_k=0, top_p=0.85)) == [0, 1, 2]


def test_min_p_is_relative_to_the_likeliest_token() -> None:
    """A token stays if its probability is at least that share of the best one's."""
    shares = (LOGITS.softmax(-1) / LOGITS.softmax(-1)[0]).tolist()
    expected = [index for index, share in enumerate(shares) if share >= 0.2]
    assert kept(Sampling(top_k=0, top_p=1.0, min_p=0.2)) == expected


@given(
    st.lists(st.floats(-30, 30), min_size=1, max_size=60),
    st.integers(0, 70),
    st.floats(0.01, 1.0),
    st.floats(0.0, 1.0),
)
def test_the_likeliest_token_always_stays(
    values: list[float], top_k: int, top_p: float, min_p: float
) -> None:
    """No combination of limits may leave nothing to draw from."""
    logits = torch.tensor(values)
    ids = kept(Sampling(top_k=top_k, top_p=top_p, min_p=min_p), logits)
    assert ids
    assert logits[ids[0]] == logits.max()


def test_a_nucleus_in_a_large_vocabulary_is_exact() -> None:
    """The short cut for large vocabularies must give the nucleus that a full sort gives."""
    torch.manual_seed(0)
    for scale in (0.01, 1.0, 8.0):  # flat, middling and peaked distributions
        logits = torch.randn(20_000) * scale
        ordered, ids = logits.softmax(-1).sort(descending=True)
        wanted = ids[: int((ordered.cumsum(-1) - ordered < 0.9).sum())].tolist()
        # Summing 20,000 numbers in another order may move the edge of the nucleus by a token.
        got = kept(Sampling(top_k=0, top_p=0.9), logits)
        assert abs(len(got) - len(wanted)) <= 2
        assert set(got[: len(wanted) - 2]) <= set(wanted)


def test_the_smallest_temperature_is_greedy() -> None:
    """Logits divided by it are infinite, and the differences of infinite ones are no numbers."""
    assert {Sampler(Sampling(temperature=5e-324, seed=seed), ()).draw(LOGITS).id for seed in range(20)} == {0}


def test_temperature_zero_is_greedy() -> None:
    """Temperature 0 takes the likeliest token whatever the seed."""
    assert {Sampler(Sampling(temperature=0.0, seed=seed), ()).draw(LOGITS).id for seed in range(20)} == {0}


def test_same_seed_same_tokens() -> None:
    """A seed noted in the history must give the same text again."""

    def draws(seed: int) -> list[int]:
        sampler = Sampler(Sampling(temperature=1.5, top_k=0, top_p=1.0, seed=seed), ())
        return [sampler.draw(LOGITS).id for _ in range(50)]

    assert draws(7) == draws(7)
    assert draws(7) != draws(8)


def test_draws_follow_the_distribution() -> None:
    """At temperature 1 without limits tokens come as often as the model says."""
    sampler = Sampler(Sampling(temperature=1.0, top_k=0, top_p=1.0, seed=3), ())
    counts = torch.bincount(torch.tensor([sampler.draw(LOGITS).id for _ in range(4000)]), minlength=5)
    assert torch.allclose(counts / 4000, LOGITS.softmax(-1), atol=0.03)


def test_repetition_penalty_makes_seen_tokens_less_likely() -> None:
    """With a penalty of 2 the prompt's likeliest token loses to the next one."""
    assert Sampler(Sampling(temperature=0.0, repetition_penalty=2.0), (0,)).draw(LOGITS).id == 1
    assert Sampler(Sampling(temperature=0.0, repetition_penalty=1.0), (0,)).draw(LOGITS).id == 0


def test_generated_tokens_are_penalised_too() -> None:
    """The penalty also counts what was just written, not the prompt alone."""
    sampler = Sampler(Sampling(temperature=0.0, repetition_penalty=2.0), ())
    assert [sampler.draw(LOGITS).id for _ in range(2)] == [0, 1]


def test_reported_probabilities_are_the_models_own() -> None:
    """Temperature and limits change what is drawn, not how sure the model was."""
    step = Sampler(Sampling(temperature=0.1, top_k=1), (), alternatives=3).draw(LOGITS)
    assert step.logprob == pytest.approx(float(LOGITS.log_softmax(-1)[0]), abs=1e-6)
    assert [alternative.id for alternative in step.alternatives] == [0, 1, 2]
    assert sum(math.exp(alternative.logprob) for alternative in step.alternatives) < 1.0


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": -0.1},
        {"temperature": 2.1},
        {"temperature": math.nan},
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"min_p": -0.1},
        {"repetition_penalty": 0.1},
        {"seed": -5},
    ],
)
def test_values_out_of_range_are_refused(values: dict[str, float]) -> None:
    """A value that no slider gives, but a program can send, is refused by name."""
    with pytest.raises(InputError) as caught:
        Sampling(**values)  # type: ignore[arg-type]
    assert caught.value.key == "out_of_range"
    assert caught.value.values["name"] in values


class Evens:
    """Allows tokens of even numbers, and counts those that were drawn."""

    def __init__(self) -> None:
        self.drawn = 0

    def allowed(self) -> TokenSet:
        return TokenSet.of(range(0, LOGITS.numel(), 2), LOGITS.numel())

    def accept(self, token: int) -> None:
        assert token % 2 == 0
        self.drawn += 1


@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_a_filter_decides_what_can_be_drawn_and_shown(temperature: float) -> None:
    """Neither a draw nor an alternative is ever a token that may not come; the probability is the model's."""
    evens = Evens()
    sampler = Sampler(Sampling(temperature=temperature), (1,), alternatives=5, token_filter=evens)
    for _ in range(20):
        step = sampler.draw(-LOGITS)
        assert step.id in (0, 2, 4)
        assert [one.id for one in step.alternatives] == [4, 2, 0]
        assert step.logprob == pytest.approx(float((-LOGITS).log_softmax(-1)[step.id]))
    assert evens.drawn == 20
