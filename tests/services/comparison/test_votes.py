"""Votes: who may vote, what is stored, and who sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llama_demo.errors import InputError
from llama_demo.services.comparison.votes import Choice, SideFigures, VoteService
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.votes import VoteStore

NAMES = ("zebra", "ant")
ANA = resolve(public=True, secret="a" * 64, save=True, page="p1")
BEN = resolve(public=True, secret="b" * 64, save=True, page="p2")
OPERATOR = replace(BEN, operator=True)


@pytest.fixture
def votes(database: Database) -> VoteService:
    """An empty table."""
    return VoteService(VoteStore(database))


def cast(votes: VoteService, visit: Visit, choice: Choice, names: tuple[str, str] = NAMES) -> bool:
    """Vote on a comparison that has ended; whether the vote counted."""
    ballot = votes.open(visit, "generate", names)
    ballot.complete = True
    return votes.vote(visit, ballot.id, choice).counted


def test_a_vote_counts_for_the_model_whichever_side_it_stood_on(votes: VoteService) -> None:
    """The sides are drawn, so the same model is now left, now right."""
    assert cast(votes, ANA, "left", ("zebra", "ant"))
    assert cast(votes, ANA, "right", ("ant", "zebra"))
    for choice in ("right", "tie", "both_bad"):
        cast(votes, ANA, choice)
    (tally,) = votes.tallies(ANA)
    assert (tally.first, tally.second, tally.first_better, tally.second_better) == ("ant", "zebra", 1, 2)
    assert (tally.ties, tally.both_bad) == (1, 1)


def test_each_visitor_sees_their_own_votes_and_an_operator_all(votes: VoteService) -> None:
    """On a public server nobody learns how another voted; exports follow the same rule."""
    cast(votes, ANA, "left")
    cast(votes, BEN, "tie", ("=cmd", "ant"))
    assert len(votes.tallies(ANA)) == len(votes.tallies(BEN)) == 1
    assert len(votes.tallies(OPERATOR)) == 2
    assert votes.tallies(resolve(public=True)) == ()
    rows = "".join(votes.exported(ANA)).splitlines()
    assert len(rows) == 2
    assert rows[1].endswith("generate,ant,zebra,second")
    assert "'=cmd" in "".join(votes.exported(OPERATOR)), "a spreadsheet would run it"


def test_a_vote_is_given_once_by_its_own_visitor_when_both_have_ended(votes: VoteService) -> None:
    """A forged id, a second click and an early one change nothing; until then no names are told."""
    ballot = votes.open(ANA, "generate", NAMES)
    ballot.figures[0] = SideFigures(seconds=1.0)
    with pytest.raises(InputError, match="vote_early"):
        votes.vote(ANA, ballot.id, "left")
    ballot.complete = True
    with pytest.raises(InputError, match="vote_closed"):
        votes.vote(BEN, ballot.id, "left")
    verdict = votes.vote(ANA, ballot.id, "left")
    assert (verdict.names, verdict.figures) == (NAMES, (SideFigures(seconds=1.0), None))
    with pytest.raises(InputError, match="vote_closed"):
        votes.vote(ANA, ballot.id, "left")
    assert votes.tallies(ANA)[0].second_better == 1


def test_who_only_looks_or_is_temporary_leaves_nothing(votes: VoteService) -> None:
    """Both see the names."""
    assert not cast(votes, ANA, "reveal")
    assert not cast(votes, replace(ANA, temporary=True), "left")
    assert votes.tallies(OPERATOR) == []


def test_votes_are_deleted_alone_and_with_everything(votes: VoteService, database: Database) -> None:
    """Others' votes stay, an operator's deletion included."""
    erasure = ErasureStore(database)
    for visit in (ANA, BEN):
        cast(votes, visit, "left")
    assert ANA.owner is not None
    assert erasure.has_more(owner=ANA.owner)
    erasure.delete_everything(owner=ANA.owner)
    assert not erasure.has_more(owner=ANA.owner)
    assert votes.tallies(ANA) == []
    cast(votes, ANA, "left")
    votes.delete(OPERATOR)
    assert votes.tallies(BEN) == []
    assert len(votes.tallies(ANA)) == 1
