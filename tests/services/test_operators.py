"""What belongs to the operator is refused to everyone else."""

from __future__ import annotations

import pytest

from llama_demo.errors import InputError
from llama_demo.services.operators import require_operator
from llama_demo.services.visits import Account, resolve

OPERATORS = frozenset({"ann"})


def test_an_operator_has_signed_in_with_a_named_account() -> None:
    """Whatever the letter case; on a private server every visit is the operator's."""
    for visit in (
        resolve(public=True, account=Account("1", "Ann"), operators=OPERATORS),
        resolve(public=False),
    ):
        require_operator(visit)
    for other in (
        resolve(public=True, account=Account("2", "bob"), operators=OPERATORS),
        resolve(public=True, account=Account("3", "ann "), operators=OPERATORS),
        resolve(public=True, account=Account("4", "ann")),
        resolve(public=True, secret="a" * 32, operators=OPERATORS),
        resolve(public=True, operators=OPERATORS),
    ):
        with pytest.raises(InputError, match="operator_only"):
            require_operator(other)


def test_an_account_is_an_owner_whom_no_secret_reaches() -> None:
    """Its id counts, since its name can change; the secret of the browser does not."""
    account = Account("7", "ann")
    visit = resolve(public=True, account=account, secret="s" * 32, save=True)
    assert visit.owner == resolve(public=True, account=Account("7", "renamed")).owner
    assert visit.owner != resolve(public=True, account=Account("8", "ann")).owner
    for secret in (str(visit.owner), "account:" + "7" * 32, "7" * 32):
        assert resolve(public=True, secret=secret).owner != visit.owner
