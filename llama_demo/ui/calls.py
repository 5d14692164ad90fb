"""Calls of the page: visit, language, page and time zone.

A payload can be forged; whatever it holds, the :class:`Call` is well formed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Any

import gradio as gr
from starlette.requests import Request

from llama_demo.errors import InputError
from llama_demo.page_languages import FALLBACK, PAGE_LANGUAGES, PageLanguageCode
from llama_demo.services import visits
from llama_demo.services.admission import Admission, CallLimits
from llama_demo.services.visits import Account, Visit
from llama_demo.ui.client_address import client_address
from llama_demo.ui.sign_in import account_of

LONGEST_SECRET = 1_000
"""Characters of a visitor's secret; pages make 64."""


@dataclass(frozen=True)
class Call:
    """One call of the page.

    Attributes:
        visit: who asks.
        page: id that the page generated when it opened; names what this page has running.
        zone: the visitor's distance from UTC, for times of day.
        event: value of the component's event, such as the pressed button of a list.
        number: of the call on its page, counted from 1.
    """

    visit: Visit
    page: str
    zone: timezone
    event: Mapping[str, Any]
    number: int = 0


@dataclass(frozen=True)
class Caller:
    """What a request tells of its sender, apart from what the page or the program puts into it.

    Attributes:
        address: IP address; empty where everyone is the operator.
        account: that the visitor has signed in with.
    """

    address: str = ""
    account: Account | None = None


UNKNOWN_CALLER = Caller()


@dataclass(frozen=True)
class CallReader:
    """Makes calls and visits from what a page or a program sends.

    Attributes:
        public: whether the server is in public mode, where secrets identify visitors.
        behind_proxy: whether a proxy tells the caller's address.
        origins: of the app's own pages, beside that of a request; only there an account counts.
        operators: names of the accounts that are operators in public mode.
        visited: called with each visit.
        admission: limits the page events, endpoints and files that are at work.
        look_ups: limits the server functions that are at work; apart, so that a visitor at the limit of the
            other can still press Stop.
    """

    public: bool
    behind_proxy: bool = False
    origins: Collection[str] = ()
    operators: Collection[str] = ()
    visited: Callable[[Visit], None] | None = None
    admission: Admission = field(default_factory=lambda: Admission(CallLimits()))
    look_ups: Admission = field(default_factory=lambda: Admission(CallLimits()))

    def caller(self, request: gr.Request | Request | None) -> Caller:
        """From where a request comes, and who has signed in."""
        if not self.public:
            return UNKNOWN_CALLER
        address = client_address(request, behind_proxy=self.behind_proxy)
        return Caller(address, account_of(request, self.origins))

    def read(self, payload: object, event: object = None, *, caller: Caller = UNKNOWN_CALLER) -> Call:
        """The call of a page.

        Args:
            payload: what ``lib/visit.js`` sends with every call.
            event: value of the component's event.
            caller: from where the request comes.

        Raises:
            InputError: ``visitor_too_short`` or ``visitor_too_long``; ``signed_out`` for the page of a
                visitor whose sign-in has ended, which is neither an anonymous visitor's nor that of
                another account of the same browser.
        """
        message = payload if isinstance(payload, dict) else {}
        expected, account = message.get("account"), caller.account
        if self.public and expected and (account is None or account.name != expected):
            raise InputError("signed_out")
        language: PageLanguageCode = next(
            (code for code in PAGE_LANGUAGES if code == message.get("language")), FALLBACK
        )
        minutes = message.get("minutes_from_utc")
        zone = timezone(timedelta(minutes=minutes if type(minutes) is int and abs(minutes) < 24 * 60 else 0))
        temporary, number = message.get("temporary"), message.get("number")
        page = str(message.get("page") or "")[:LONGEST_SECRET]
        save = not temporary if isinstance(temporary, bool) else None
        return Call(
            visit=self.visit(str(message.get("secret") or ""), language, save=save, page=page, caller=caller),
            page=page,
            zone=zone,
            event=event if isinstance(event, dict) else {},
            number=number if type(number) is int else 0,
        )

    def visit(
        self,
        secret: str,
        language: PageLanguageCode,
        *,
        save: bool | None,
        page: str = "",
        caller: Caller = UNKNOWN_CALLER,
    ) -> Visit:
        """The visit of a secret.

        Raises:
            InputError: ``visitor_too_short`` or ``visitor_too_long``.
        """
        if len(secret) > LONGEST_SECRET:
            raise InputError("visitor_too_long", characters=len(secret), longest=LONGEST_SECRET)
        visit = visits.resolve(
            public=self.public,
            secret=secret,
            language=language,
            save=save,
            page=page,
            address=caller.address,
            account=caller.account,
            operators=self.operators,
        )
        if self.visited is not None:
            self.visited(visit)
        return visit
