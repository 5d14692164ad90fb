"""Operators: who may do what concerns the whole installation.

On a private server every visit is the operator's. In public mode an operator is a visitor who has signed in
with an account that the settings name (:mod:`llama_demo.services.visits`). What is theirs alone begins with
:func:`require_operator`.
"""

from __future__ import annotations

from llama_demo.errors import InputError
from llama_demo.services.visits import Visit


def require_operator(visit: Visit) -> None:
    """Refuse a visitor who is no operator.

    Raises:
        InputError: ``operator_only``.
    """
    if not visit.operator:
        raise InputError("operator_only")
