"""The log of the content policy: what the operator sees, marks, exports, and what is deleted with what."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from llama_demo.errors import InputError
from llama_demo.safety.moderation import Decision
from llama_demo.safety.policy import Action
from llama_demo.safety.policy_file import bundled_policy
from llama_demo.services.decisions import DAYS, PAGE, DecisionLog
from llama_demo.services.visits import resolve
from llama_demo.store.database import Database
from llama_demo.store.decisions import DecisionStore
from llama_demo.store.erasure import ErasureStore

OPERATOR = resolve(public=False)
STRANGER = resolve(public=True, secret="s" * 32, save=True)
WEAPONS, ADVICE = (bundled_policy().categories[code] for code in ("iwp", "spc"))
REFUSAL = Decision(Action.BLOCK, WEAPONS, "prompt", "rules", "weapons.make", "7")
NOTICE = Decision(Action.NOTICE, ADVICE, "prompt", "rules", "advice.money", "7")
DAY = 86_400_000_000


class Clock:
    """Microseconds since 1970, as the test sets them."""

    now = 20_000 * DAY

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> DecisionStore:
    return DecisionStore(database, clock)


@pytest.fixture
def log(store: DecisionStore) -> DecisionLog:
    return DecisionLog(store, public=False)


def overview_names(log: DecisionLog, offset: timedelta = timedelta()) -> list[str]:
    return [one.name for one in log.overview(OPERATOR, offset).by_day]


def test_the_operator_sees_what_was_decided_and_how_often(log: DecisionLog) -> None:
    """By category, by rule and by day, the latest decision first."""
    for decision in (REFUSAL, NOTICE, REFUSAL):
        log.record(OPERATOR, "ask", decision)
    seen = log.overview(OPERATOR, timedelta())
    assert [(row.rule, row.tab, row.action) for row in seen.newest[:2]] == [
        ("weapons.make", "ask", "block"),
        ("advice.money", "ask", "notice"),
    ]
    assert [(one.name, one.decisions) for one in seen.by_category] == [("iwp", 2), ("spc", 1)]
    assert [one.decisions for one in seen.by_day] == [3]
    assert not seen.has_more


def test_a_false_positive_counts_for_its_rule(log: DecisionLog) -> None:
    """The rate by rule says which rule to improve; a mark can be taken back."""
    log.record(OPERATOR, "generate", REFUSAL)
    log.record(OPERATOR, "generate", REFUSAL)
    number = log.overview(OPERATOR, timedelta()).newest[0].number
    for marked in (True, False):
        log.mark(OPERATOR, number, false_positive=marked)
        (rule,) = log.overview(OPERATOR, timedelta()).by_rule
        assert (rule.decisions, rule.false_positives) == (2, int(marked))
    with pytest.raises(InputError, match="decision_unknown"):
        log.mark(OPERATOR, number + 5, false_positive=True)


def test_days_are_those_of_the_reader(log: DecisionLog, clock: Clock) -> None:
    """Midnight in Beijing is not midnight in London; of many days the latest are counted."""
    clock.now += DAY - 1
    log.record(OPERATOR, "generate", REFUSAL)
    assert overview_names(log) != overview_names(log, timedelta(hours=8))
    for _ in range(DAYS + 3):
        clock.now += DAY
        log.record(OPERATOR, "generate", REFUSAL)
    names = overview_names(log)
    assert len(names) == DAYS
    assert names == sorted(names, reverse=True)


def test_older_decisions_come_page_by_page(log: DecisionLog) -> None:
    """None is shown twice, none is left out."""
    for _ in range(PAGE + 5):
        log.record(OPERATOR, "generate", REFUSAL)
    first = log.overview(OPERATOR, timedelta())
    assert first.has_more
    rest, more = log.older(OPERATOR, first.newest[-1].number)
    assert not more
    numbers = [row.number for row in (*first.newest, *rest)]
    assert numbers == list(range(PAGE + 5, 0, -1))


def test_strangers_see_nothing_of_the_log(store: DecisionStore) -> None:
    """What others asked for is not for visitors."""
    log = DecisionLog(store, public=True)
    log.record(STRANGER, "generate", REFUSAL)
    for attempt in (
        lambda: log.overview(STRANGER, timedelta()),
        lambda: log.older(STRANGER),
        lambda: log.mark(STRANGER, 1, false_positive=True),
        lambda: log.clear(STRANGER),
        lambda: list(log.exported(STRANGER, "csv")),
    ):
        with pytest.raises(InputError, match="operator_only"):
            attempt()


def test_a_decision_is_deleted_with_the_history_of_its_owner(
    database: Database, store: DecisionStore
) -> None:
    """That of a visitor who stores nothing has no owner; temporary mode on one's own machine leaves none."""
    shared = DecisionLog(store, public=True)
    shared.record(STRANGER, "generate", REFUSAL)
    shared.record(replace(STRANGER, temporary=True), "generate", NOTICE)
    DecisionLog(store, public=False).record(replace(OPERATOR, temporary=True), "generate", NOTICE)
    assert len(list(store.every())) == 2
    owner = STRANGER.owner
    assert owner is not None
    erasure = ErasureStore(database)
    assert erasure.has_more(owner=owner)
    erasure.delete_history(owner=owner)
    assert [row.rule for row in store.every()] == ["advice.money"]
    assert not erasure.has_more(owner=owner)


def test_a_decision_about_a_program_is_the_owners_of_the_machine(
    database: Database, store: DecisionStore
) -> None:
    """“Delete all” leaves none; on a public server it has no owner."""
    DecisionLog(store, public=False).record(None, "api", REFUSAL)
    DecisionLog(store, public=True).record(None, "api", NOTICE)
    ErasureStore(database).delete_everything(owner="local")
    assert [row.rule for row in store.every()] == ["advice.money"]


def test_an_export_has_every_decision_and_no_formula(log: DecisionLog) -> None:
    """A rule of a file of one's own may be called anything."""
    hostile = replace(REFUSAL, rule="=1+1")
    for decision in (REFUSAL, hostile):
        log.record(OPERATOR, "generate", decision)
    rows = list(csv.DictReader("".join(log.exported(OPERATOR, "csv")).lstrip("\ufeff").splitlines()))
    assert [row["rule"] for row in rows] == ["'=1+1", "weapons.make"]
    decisions = json.loads("".join(log.exported(OPERATOR, "json")))["decisions"]
    assert [one["rule"] for one in decisions] == ["=1+1", "weapons.make"]
    with pytest.raises(InputError, match="form_unknown"):
        log.exported(OPERATOR, "exe")


def test_a_log_that_cannot_be_written_refuses_nobody(
    log: DecisionLog, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The decision is in the log of the program, with rule and version, never with a text."""
    database.close()
    log.record(OPERATOR, "generate", REFUSAL)
    fields = caplog.records[0].__dict__["fields"]
    assert (fields["rule"], fields["policy"], fields["category"]) == ("weapons.make", "7", "iwp")
    assert "could not be stored" in caplog.text
