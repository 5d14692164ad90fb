"""The log of the content policy: what was decided, when and by which rule; never the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llama_demo.store.clock import microseconds_now, to_datetime
from llama_demo.store.database import Database
from llama_demo.unicode import replace_lone_surrogates

MOST = 20_000
"""Decisions that are kept; older ones make room for new ones."""

_BATCH = 500


@dataclass(frozen=True)
class DecisionRow:
    """A decision about a text.

    Attributes:
        number: increases with each decision.
        made: in UTC.
        tab: where the text was typed or written.
        stage: ``prompt`` or ``output``.
        action: ``block``, ``warn`` or ``notice``.
        category: the code of the category.
        layer, rule: what found it.
        version: of the policy.
        false_positive: whether the operator found it wrong.
    """

    number: int
    made: datetime
    tab: str
    stage: str
    action: str
    category: str
    layer: str
    rule: str
    version: str
    false_positive: bool


@dataclass(frozen=True)
class DecisionCount:
    """Decisions that have something in common.

    Attributes:
        name: of the category, the day (ISO 8601) or the rule.
        false_positives: how many of them the operator found wrong.
    """

    name: str
    decisions: int
    false_positives: int


class DecisionStore:
    """The decisions of the content policy.

    Args:
        database: open and migrated.
        clock: microseconds since 1970 in UTC.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = microseconds_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, values: dict[str, Any], *, owner: str) -> None:
        """Store a decision.

        Args:
            values: the fields of a :class:`DecisionRow` from ``tab`` to ``version``.
            owner: whose text it was; empty for a visitor of whom nothing else is stored.
        """
        row = {**values, "owner": replace_lone_surrogates(owner), "made": self._clock()}
        with self._database.writing() as tables:
            tables.execute(_ADD, row)
            tables.execute(_TRIM, {"most": MOST})

    def newest(self, count: int, *, before: int | None = None) -> list[DecisionRow]:
        """The newest decisions of all owners, the latest first.

        Args:
            before: only those with a smaller number.
        """
        with self._database.reading() as tables:
            rows = tables.execute(_NEWEST, {"before": before, "count": count}).fetchall()
        return [_row(one) for one in rows]

    def every(self) -> Iterator[DecisionRow]:
        """All decisions of all owners, the latest first, read in batches."""
        before: int | None = None
        while batch := self.newest(_BATCH, before=before):
            yield from batch
            before = batch[-1].number

    def by_category(self) -> list[DecisionCount]:
        """Counts by category, the most frequent first."""
        return self._counted("category", "decisions DESC, name", [])

    def by_rule(self) -> list[DecisionCount]:
        """Counts by rule, the most frequent first."""
        return self._counted("rule", "decisions DESC, name", [])

    def by_day(self, seconds_from_utc: int, days: int) -> list[DecisionCount]:
        """Counts of the latest days that have any, the latest first.

        Args:
            seconds_from_utc: of the reader's time.
        """
        day = "date(made / 1000000 + ?, 'unixepoch')"
        return self._counted(day, "name DESC LIMIT ?", [seconds_from_utc, days])

    def mark(self, number: int, *, false_positive: bool) -> bool:
        """Say whether a decision was wrong; returns whether there is such a decision."""
        update = "UPDATE policy_decisions SET false_positive = ? WHERE number = ?"
        with self._database.writing() as tables:
            return bool(tables.execute(update, [int(false_positive), number]).rowcount)

    def clear(self) -> None:
        """Delete the decisions of all owners."""
        with self._database.writing() as tables:
            tables.execute("DELETE FROM policy_decisions")

    def _counted(self, name: str, order: str, values: list[Any]) -> list[DecisionCount]:
        select = f"""
            SELECT {name} AS name, count(*) AS decisions, sum(false_positive) FROM policy_decisions
            GROUP BY 1 ORDER BY {order}
        """  # noqa: S608  (of the three methods above alone)
        with self._database.reading() as tables:
            return [DecisionCount(*row) for row in tables.execute(select, values).fetchall()]


def _row(values: tuple[Any, ...]) -> DecisionRow:
    fields = dict(zip(DecisionRow.__dataclass_fields__, values, strict=True))
    made, wrong = to_datetime(fields["made"]), bool(fields["false_positive"])
    return DecisionRow(**{**fields, "made": made, "false_positive": wrong})


_ADD = """
    INSERT INTO policy_decisions(owner, made, tab, stage, action, category, layer, rule, version)
    VALUES (:owner, :made, :tab, :stage, :action, :category, :layer, :rule, :version)
"""
_TRIM = "DELETE FROM policy_decisions WHERE number <= (SELECT max(number) FROM policy_decisions) - :most"
_NEWEST = """
    SELECT number, made, tab, stage, action, category, layer, rule, version, false_positive
    FROM policy_decisions WHERE :before IS NULL OR number < :before ORDER BY number DESC LIMIT :count
"""
