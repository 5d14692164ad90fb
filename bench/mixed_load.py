"""A crowd of visitors who use all tabs of a running app, and what they saw.

Each visitor's texts hold a word of their own, by which rows and answers are told apart.
"""

from __future__ import annotations

import hashlib
import html
import json
import random
import re
import secrets
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from bench.visitor import Visitor, connection
from llama_demo.ui.texts import catalogue

LIMITS = (
    *("busy_visitor", "busy_address", "busy_total", "look_ups_busy", "documents_busy"),
    *("library_full", "conversations_full", "glossary_full", "queue_full"),
    *("training_busy", "training_yours", "training_address"),
)
"""Keys of the errors that the app's limits cause."""

REFUSED = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.INSUFFICIENT_STORAGE)
"""Statuses of requests that a full queue, or a full space for uploads, refuses."""

WORD = re.compile(r"Quokka[a-f]{12}")
LETTERS = str.maketrans("0123456789", "abcdefabcd")


@dataclass
class LoadReport:
    """What the visitors of a load saw. Thread-safe.

    Attributes:
        seconds: of each request that succeeded, by action.
        limited: number of requests refused by limits, by action.
        errors: other failures, as text.
        crossed: answers that held another visitor's word.
        lost: number of connections that broke.
        completed: inputs of runs whose end was reported, and their owners.
        words: of the visitors.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    limited: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    lost: int = 0
    completed: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, action: str, seconds: float) -> None:
        """Note a request that succeeded."""
        with self._lock:
            self.seconds[action].append(seconds)

    def complete(self, text: str, owner: str) -> None:
        """Note a run that was reported as completed."""
        with self._lock:
            self.completed[text] = owner

    def refuse(self, action: str) -> None:
        """Note a request that a limit refused."""
        with self._lock:
            self.limited[action] += 1

    def percentile(self, action: str, percent: float) -> float:
        """Seconds in which this share of the requests of an action were answered."""
        ordered = sorted(self.seconds[action])
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")

    def misplaced(self, data: Path) -> list[str]:
        """Completed runs that the database lacks, and rows that belong to another than their word."""
        with closing(sqlite3.connect(data / "llama_demo.db")) as database:
            found = {text: (owner, status) for text, owner, status in database.execute(RUNS)}
        with self._lock:
            completed = dict(self.completed)
        owners = {word(text): owner for text, owner in completed.items()}
        missing = [
            f"missing: {text}" for text, owner in completed.items() if found.get(text) != (owner, "done")
        ]
        crossed = [
            f"of another: {text}"
            for text, (owner, _) in found.items()
            if owners.get(word(text), owner) != owner
        ]
        return missing + crossed


RUNS = "SELECT input, owner, status FROM runs"


class LimitError(Exception):
    """A limit of the app refused a request."""


def word(text: str) -> str:
    """The word of the visitor whose text this is."""
    found = WORD.search(text)
    return found[0] if found else ""


def check_notice(notice: str) -> None:
    """Raise :class:`LimitError` for the notice of a limit, and AssertionError for any other notice.

    Args:
        notice: HTML; empty for none.
    """
    told = html.unescape(re.sub(r"<[^>]+>", " ", notice))
    if any(sentence.search(told) for sentence in _sentences()):
        raise LimitError(told)
    assert not notice, " ".join(told.split())


@cache
def _sentences() -> list[re.Pattern[str]]:
    entries = catalogue("en").entries
    texts = [entries[f"errors.{key}"] for key in LIMITS if f"errors.{key}" in entries]
    return [re.compile(".*".join(map(re.escape, re.split(r"\{\w+\}", text)))) for text in texts]


@dataclass
class LoadVisitor:
    """A visitor of a load, who does one thing after the other."""

    visitor: Visitor
    report: LoadReport
    chance: random.Random
    word: str = field(default_factory=lambda: "Quokka" + secrets.token_hex(12).translate(LETTERS)[:12])
    _count: int = 0

    def __post_init__(self) -> None:
        self.report.words.add(self.word)

    @property
    def owner(self) -> str:
        """The owner of the visitor's rows."""
        return hashlib.sha256(self.visitor.secret.encode()).hexdigest()

    def act(self) -> None:
        """Do one thing, and note how it went."""
        (action,) = self.chance.choices(tuple(ACTIONS), [weight for weight, _ in ACTIONS.values()])
        began = time.monotonic()
        try:
            ACTIONS[action][1](self)
        except LimitError:
            self.report.refuse(action)
        except httpx.HTTPStatusError as exc:
            if exc.response.status_code not in REFUSED:
                self.report.errors.append(f"{action}: {exc}")
            self.report.refuse(action)
        except httpx.TransportError:
            self.report.lost += 1
        except (AssertionError, LookupError, TypeError, ValueError) as exc:
            self.report.errors.append(f"{action}: {type(exc).__name__}: {exc}")
        else:
            self.report.add(action, time.monotonic() - began)

    def text(self) -> str:
        """The visitor's word, and a number that no other text has."""
        self._count += 1
        return f"{self.word} {self._count}"

    def see(self, answer: object) -> str:
        """The answer as text; another visitor's word in it is noted. A model may copy a word wrongly."""
        told = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        if others := self.report.words & set(WORD.findall(told)) - {self.word}:
            self.report.crossed.append(f"{self.word} saw {others}")
        return told

    def run(self, element: str, event: str, input_text: str, **sent: object) -> None:
        """Make a run by an event of the page, and note that it is completed."""
        answer = self.visitor.outcome(element, event, **sent)
        self.see(answer)
        check_notice(str(answer[-1]))
        self.report.complete(input_text, self.owner)

    def write(self) -> None:
        """Continue a text."""
        text = f"{self.text()} went out"
        tokens = self.chance.randint(5, 60)
        self.run("write", "click", text, prompt=text, presets="free", max_new_tokens=tokens)

    def translate(self) -> None:
        """Translate two sentences."""
        text = f"{self.text()} is here. The cat sleeps in the house."
        self.run(
            "translate",
            "select",
            text,
            told={"act": "translate", "text": text, "source": "en", "target": "fr"},
        )

    def ask(self) -> None:
        """Ask about a pasted text."""
        text = self.text()
        question, subject = f"How many ships has {text}?", {"kind": "text", "text": f"{text} has nine ships."}
        self.run(
            "ask", "select", question, told={"act": "say", "ask": 1, "subject": subject, "text": question}
        )

    def search(self) -> None:
        """Search in the samples."""
        query = f"{self.text()} camels"
        answer = self.visitor.call("find", "search", query=query)
        self.see(answer)
        check_notice(answer.get("problem", ""))
        self.report.complete(query, self.owner)

    def history(self) -> None:
        """Look at the newest runs."""
        succeeded, answer = self.visitor.program("history", "", "", 20, self.visitor.secret, True)
        check_notice("" if succeeded else str(answer))
        assert all(self.word in run["input"] for run in answer[0]), "a foreign run"
        self.see(answer)

    def list_history(self) -> None:
        """Look at the History tab."""
        answer = self.visitor.outcome("history-filter", "select", history_filter="{}")
        self.see(answer)
        check_notice(str(answer[-1]))

    def add_document(self) -> None:
        """Add a file to the library, and look at the list."""
        files = {f"{self.text()}.txt": f"The harbour of {self.text()}.".encode()}
        answer = self.visitor.upload("/library/add", files, names=list(files))
        if answer.status_code != httpx.codes.OK:
            check_notice(answer.text)
        self.see(self.visitor.call("listing", "library", collection="default"))

    def translate_document(self) -> None:
        """Translate a file."""
        data = f"{self.text()} is here.".encode()
        answer = self.visitor.upload(
            "/translate/document", {"a": data}, name=f"{self.word}.txt", source="en", target="fr"
        )
        last = (
            json.loads(self.see(answer.text).splitlines()[-1]) if answer.status_code == httpx.codes.OK else {}
        )
        check_notice(last.get("problem", "") if last else answer.text)
        assert last.get("state") == "done", last
        file = self.visitor.download("/translate/document/result", id=last["id"])
        assert file.status_code == httpx.codes.OK, file.text
        self.see(file.text)

    def change_glossary(self) -> None:
        """Add a term and remove it."""
        term = {"source": "en", "target": "fr", "term": self.text(), "translation": self.word}
        for function in ("add_term", "remove_term"):
            answer = self.visitor.call(function, **term)
            self.see(answer)
            check_notice(answer.get("problem", ""))

    def look_inside(self) -> None:
        """Look at the attention of a text, and at what could come next."""
        subject = {"task": "generate", "text": f"{self.text()} went out", "model": "generator"}
        for function, asked in (
            ("look", {}),
            ("attention", {"kind": "self", "layer": 0}),
            ("next", {"count": 20}),
            ("lens", {}),
        ):
            answer = self.visitor.call(function, "hood", **subject, **asked)
            self.see(answer)
            check_notice(answer.get("problem", ""))

    def train(self) -> None:
        """Train a model on a text and let it write; in every third case leave in the middle."""
        text = f"{self.text()} went out. The sun was warm. " * 20
        leaving = self.chance.random() < 1 / 3
        last: dict[str, Any] = {}
        request = {"text": text, "characters": len(text), "prompt": self.word}
        with closing(self.visitor.upload_stream("/hood/train", **request)) as lines:
            for number, line in enumerate(lines):
                self.see(line)
                check_notice(line.get("problem", ""))
                last = {**last, **line}
                if leaving and number > 3:
                    return
        assert last.get("state") == "done", last.get("state")
        answer = self.visitor.call("continue_trained", id=last["plan"]["id"], prompt=self.word)
        self.see(answer)
        check_notice(answer.get("problem", ""))

    def leave(self) -> None:
        """Close the page while a text is written, and open another."""
        sent = {"prompt": f"{self.text()} went away", "presets": "free", "max_new_tokens": 200}
        with closing(self.visitor.event("write", "click", **sent)) as messages:
            for message in messages:
                if message["msg"] == "process_generating":
                    break
        self.visitor = self.visitor.new_page()


ACTIONS: Mapping[str, tuple[int, Callable[[LoadVisitor], None]]] = MappingProxyType(
    {
        "generate": (4, LoadVisitor.write),
        "translate": (4, LoadVisitor.translate),
        "ask": (3, LoadVisitor.ask),
        "search": (4, LoadVisitor.search),
        "history": (1, LoadVisitor.history),
        "history tab": (2, LoadVisitor.list_history),
        "add a document": (1, LoadVisitor.add_document),
        "translate a document": (1, LoadVisitor.translate_document),
        "glossary": (1, LoadVisitor.change_glossary),
        "look inside": (2, LoadVisitor.look_inside),
        "train": (1, LoadVisitor.train),
        "leave": (2, LoadVisitor.leave),
    }
)
"""What visitors do, and how often in proportion."""


@contextmanager
def mixed_load(url: str, *, visitors: int, pause: float, seed: int = 0) -> Iterator[LoadReport]:
    """Let visitors use the app during the block, each with ``pause`` seconds between two things on average.

    A server that is gone meanwhile is no error: they try again.
    """
    report, ended = LoadReport(), threading.Event()
    threads = []
    with connection(url) as client:
        for number in range(visitors):
            visitor = Visitor(client, address=address(number))
            one = LoadVisitor(visitor, report, random.Random(seed + number))
            threads.append(threading.Thread(target=_use, args=(one, pause, ended), daemon=True))
            threads[-1].start()
        try:
            yield report
        finally:
            ended.set()
            for thread in threads:
                thread.join()


def address(number: int) -> str:
    """A public network address for a visitor, as a proxy would tell it."""
    return f"8.8.{number // 200}.{number % 200 + 1}"


def _use(one: LoadVisitor, pause: float, ended: threading.Event) -> None:
    while not ended.wait(one.chance.expovariate(1 / pause)):
        one.act()
