"""How many calls may be at work."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from llama_demo.errors import InputError
from llama_demo.services.admission import Admission, CallLimits
from llama_demo.services.visits import Visit, resolve

HOME, OFFICE = "203.0.113.5", "198.51.100.7"


def visitor(name: str, address: str = HOME) -> Visit:
    """One of many."""
    return resolve(public=True, secret=name * 32, address=address)


def refused(admission: Admission, visit: Visit) -> str:
    """The key of the refusal; empty if the call is let in."""
    try:
        with admission.admit(visit):
            return ""
    except InputError as error:
        return error.key


def test_a_visitor_has_so_many_at_once_and_others_theirs() -> None:
    """Until one of them ends."""
    admission = Admission(CallLimits(visitor=2))
    with ExitStack() as calls:
        calls.enter_context(admission.admit(visitor("a")))
        with admission.admit(visitor("a")):
            assert refused(admission, visitor("a")) == "busy_visitor"
            assert refused(admission, visitor("b")) == ""
        assert refused(admission, visitor("a")) == ""


def test_an_address_has_so_many_whatever_its_visitors_call_themselves() -> None:
    """Where the address is not known, this limit does not count."""
    admission = Admission(CallLimits(visitor=5, address=2))
    with admission.admit(visitor("a")), admission.admit(visitor("b")):
        assert refused(admission, visitor("c")) == "busy_address"
        assert refused(admission, visitor("c", OFFICE)) == ""
    with admission.admit(visitor("a", "")), admission.admit(visitor("b", "")):
        assert refused(admission, visitor("c", "")) == ""


def test_all_together_have_so_many() -> None:
    """A refused call and one that failed take no place."""
    admission = Admission(CallLimits(total=2))
    with pytest.raises(RuntimeError), admission.admit(visitor("a")):
        raise RuntimeError
    with admission.admit(visitor("a")), admission.admit(visitor("b", OFFICE)):
        assert refused(admission, visitor("c")) == "busy_total"
        assert refused(admission, visitor("c")) == "busy_total"
    assert refused(admission, visitor("c")) == ""


def test_no_limits_let_everybody_in() -> None:
    """As on one's own machine."""
    admission = Admission(CallLimits())
    with ExitStack() as calls:
        for _ in range(100):
            calls.enter_context(admission.admit(visitor("a")))
