"""The log of the content policy, for operators: what was decided, how often, and what of it was wrong.

A decision is logged without the text. It is stored with its owner where the visit stores anything, so that it
is deleted with the rest; on a public server, that of another visit is stored without an owner. Of a temporary
visit on a private machine nothing is stored.
"""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from llama_demo.errors import InputError, StoreError
from llama_demo.safety.moderation import Decision
from llama_demo.services.operators import require_operator
from llama_demo.services.visits import LOCAL_OWNER, Visit
from llama_demo.spreadsheet import guard_formula
from llama_demo.store.decisions import DecisionCount, DecisionRow, DecisionStore

__all__ = ["DecisionCount", "DecisionLog", "DecisionOverview", "DecisionRow"]

_logger = logging.getLogger(__name__)

PAGE = 50
"""Decisions that each click on "more" adds."""

DAYS = 14
"""Latest days with decisions that are counted."""


@dataclass(frozen=True)
class DecisionOverview:
    """What the log holds.

    Attributes:
        newest: the latest decisions, up to :data:`PAGE`.
        has_more: whether there are older ones.
    """

    newest: Sequence[DecisionRow]
    has_more: bool
    by_category: Sequence[DecisionCount]
    by_rule: Sequence[DecisionCount]
    by_day: Sequence[DecisionCount]


class DecisionLog:
    """Keeps decisions, and shows them to operators.

    Args:
        public: whether each visitor is an owner of their own.
    """

    def __init__(self, store: DecisionStore, *, public: bool) -> None:
        self._store = store
        self._public = public

    def record(self, visit: Visit | None, tab: str, decision: Decision) -> None:
        """Log a decision, and store it; a database that cannot be written is logged alone."""
        values, owner = _values(tab, decision), self._owner(visit)
        _log(values)
        if owner is None:
            return
        try:
            self._store.add(values, owner=owner)
        except StoreError as exc:
            _logger.warning("a decision of the content policy could not be stored: %s", exc)

    def _owner(self, visit: Visit | None) -> str | None:
        """Whose decision it is, "" for no owner; None if it is not stored."""
        if visit is None or (visit.temporary and self._public):
            return "" if self._public else LOCAL_OWNER
        return None if visit.temporary else visit.owner

    def overview(self, visit: Visit, offset: timedelta) -> DecisionOverview:
        """The newest decisions, and counts.

        Args:
            offset: of the reader's time from UTC, by which days are counted.

        Raises:
            InputError: ``operator_only``.
        """
        rows, has_more = self.older(visit)
        return DecisionOverview(
            rows,
            has_more,
            self._store.by_category(),
            self._store.by_rule(),
            self._store.by_day(round(offset.total_seconds()), DAYS),
        )

    def older(self, visit: Visit, before: int | None = None) -> tuple[Sequence[DecisionRow], bool]:
        """The newest decisions before a number, and whether there are more; raises as :meth:`overview`."""
        require_operator(visit)
        rows = self._store.newest(PAGE + 1, before=before)
        return rows[:PAGE], len(rows) > PAGE

    def mark(self, visit: Visit, number: int, *, false_positive: bool) -> None:
        """Say whether a decision was wrong.

        Raises:
            InputError: ``operator_only``; ``decision_unknown`` for one that was deleted.
        """
        require_operator(visit)
        if not self._store.mark(number, false_positive=false_positive):
            raise InputError("decision_unknown")

    def clear(self, visit: Visit) -> None:
        """Delete all decisions, those about other visitors' texts too; raises as :meth:`overview`."""
        require_operator(visit)
        self._store.clear()

    def exported(self, visit: Visit, form: str) -> Iterator[str]:
        """The whole log as a file, in pieces.

        Raises:
            InputError: ``operator_only``; ``form_unknown`` for another form than those of :data:`FORMS`.
        """
        require_operator(visit)
        if form not in FORMS:
            raise InputError("form_unknown", name=form[:40], known=", ".join(FORMS))
        return FORMS[form](self._store.every())


def _log(values: Mapping[str, Any]) -> None:
    """Write a decision into the log of the program."""
    fields = {("policy" if name == "version" else name): value for name, value in values.items()}
    _logger.warning(
        "content policy %(policy)s: %(action)s of a %(stage)s of %(tab)s, category %(category)s, "
        "%(layer)s %(rule)s",
        fields,
        extra={"fields": fields},
    )


def _values(tab: str, decision: Decision) -> dict[str, Any]:
    return {
        "tab": tab,
        "stage": decision.stage,
        "action": decision.action.name.lower(),
        "category": decision.category.code,
        "layer": decision.layer,
        "rule": decision.rule,
        "version": decision.version,
    }


def _record(row: DecisionRow) -> dict[str, Any]:
    return {**asdict(row), "made": row.made.isoformat(timespec="seconds")}


def _json(rows: Iterator[DecisionRow]) -> Iterator[str]:
    yield '{"format": "llama_demo policy decisions", "version": 1, "decisions": ['
    between = "\n"
    for row in rows:
        yield between + json.dumps(_record(row), ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def _csv(rows: Iterator[DecisionRow]) -> Iterator[str]:
    """CSV with a byte order mark, by which spreadsheets know the encoding."""
    columns = list(DecisionRow.__dataclass_fields__)
    yield "\ufeff" + _line(columns)
    for row in rows:
        cells = _record(row)
        yield _line([guard_formula(str(cells[name])) for name in columns])


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()


FORMS: Mapping[str, Callable[[Iterator[DecisionRow]], Iterator[str]]] = MappingProxyType(
    {"csv": _csv, "json": _json}
)
"""Writers by the suffix of their files."""
