"""The real program in a process of its own, and a real browser in front of it.

Nothing is replaced. The server runs with a guard that refuses and records every connection to another
machine; the browser's requests to other hosts are refused and recorded too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.e2e.preloaded import PreloadedProcess
from tests.endless import without_end
from tests.whole_app import ServedApp, served

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT / "assets" / "models" / "generator"
START_TIMEOUT = 120.0
TIMEOUT = 60_000
"""Milliseconds that a page may take for anything. Nothing waits that long on a machine that is at rest."""

expect.set_options(timeout=TIMEOUT)

BROWSER_FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync""".split()
HERE = ("127.0.0.1", "localhost")
NOBODY_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, " + ", ".join(f"EXCLUDE {host}" for host in HERE)
"""No other host is found, by name or by address; a route would have Playwright ask Python each time."""


@dataclass
class App:
    """The program, running.

    Attributes:
        url: what to open.
        folder: its data folder.
        log: the lines that it printed, as they come.
        connections: file that names each foreign address it tried to reach.
    """

    process: subprocess.Popen[str] | PreloadedProcess
    url: str
    folder: Path
    log: list[str]
    connections: Path
    again: Callable[[], App]

    def start_again(self) -> None:
        """Start it once more, on the same data."""
        later = self.again()
        self.process, self.url, self.log = later.process, later.url, later.log

    def stop(self) -> int:
        """End it as a supervisor would; returns the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=60)

    def foreign(self) -> list[str]:
        """Addresses on other machines that it tried to reach."""
        return self.connections.read_text().splitlines() if self.connections.exists() else []


def environment(folder: Path, extra: dict[str, str] | None = None) -> dict[str, str]:
    """The variables of a machine that knows nothing of this app, plus the guard against connections."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LLAMA_DEMO_", "GRADIO_", "SPACE_"))}
    guard = str(Path(__file__).parent / "offline")
    return {
        **kept,
        "PYTHONPATH": guard,
        "OFFLINE_RECORD": str(folder / "connections.txt"),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        **(extra or {}),
    }


def start(folder: Path, *flags: str, env: dict[str, str] | None = None) -> App:
    """Start the program on a free port and wait until it says that it serves."""
    return _start(new_process, folder, *flags, env=env)


def start_preloaded(folder: Path, *flags: str, env: dict[str, str] | None = None) -> App:
    """The same in a process that has the program imported, which is most of a start.

    Args:
        env: no variables that libraries read when they are imported.
    """
    return _start(PreloadedProcess, folder, *flags, env=env)


def new_process(flags: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """The program in a new process, whose errors are among what it prints."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), *flags],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _start(
    process_of: Callable[..., subprocess.Popen[str] | PreloadedProcess],
    folder: Path,
    *flags: str,
    env: dict[str, str] | None,
) -> App:
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    all_flags = ["--port", str(free_port()), "--data-dir", str(data), *flags]
    process = process_of(all_flags, cwd=folder, env=environment(folder, env))
    log: list[str] = []
    assert process.stdout is not None
    threading.Thread(target=_read, args=(process.stdout, log), daemon=True).start()
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        for line in list(log):
            if found := re.search(r"Running on (http://\S+)", line):
                again = partial(_start, process_of, folder, *flags, env=env)
                return App(process, found[1], data, log, folder / "connections.txt", again)
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    raise AssertionError("the app did not start:\n" + "\n".join(log))


def _read(output: Iterable[str], log: list[str]) -> None:
    for line in output:
        log.append(line.rstrip())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def local_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app as a person starts it on their own machine."""
    app = start_preloaded(tmp_path_factory.mktemp("local"))
    yield app
    assert app.foreign() == [], "the server tried to reach other machines"
    assert app.stop() == 0
    assert not [line for line in app.log if "Traceback" in line], "\n".join(app.log)


@pytest.fixture(scope="session")
def public_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app with many visitors, as on a Space."""
    app = start_preloaded(tmp_path_factory.mktemp("public"), env={"LLAMA_DEMO_PUBLIC": "1"})
    yield app
    assert app.foreign() == []
    app.stop()


@pytest.fixture(scope="session")
def public_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The same in this process, for tests that need its table of routes."""
    with served(tmp_path_factory.mktemp("server"), "--public") as app:
        yield app


@pytest.fixture(scope="session")
def long_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled generator without an end, for runs that last until they are interrupted."""
    return without_end(tmp_path_factory.mktemp("models") / "endless")


@pytest.fixture(scope="session")
def endless_app(tmp_path_factory: pytest.TempPathFactory, long_model: Path) -> Iterator[App]:
    """The app with a model of one's own that can write for a minute, greeting in Chinese.

    Started again it is at the same address.
    """
    port = ("--port", str(free_port()))
    app = start_preloaded(
        tmp_path_factory.mktemp("endless"), "--model", str(long_model), "--language", "zh", *port
    )
    yield app
    app.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, the machine's own."""
    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None or not Path(path).exists():
        pytest.fail(
            "These tests drive Chromium. Install it (Debian: apt-get install chromium), or name the "
            "program in the environment variable CHROMIUM."
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*BROWSER_FLAGS, NOBODY_ELSE])
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """One browser profile and what went wrong in it."""

    kind: str
    context: BrowserContext
    blank: Page
    problems: list[str] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)
    _left: bool = False

    @property
    def pages(self) -> list[Page]:
        """The pages that are open, without the blank one that keeps the window."""
        return [page for page in self.context.pages if page is not self.blank]

    def open(self, app: App, script: str = "") -> Page:
        """A page of the app, ready to be used, with the kind of text that goes on with what is typed.

        Args:
            script: runs before any script of the page.
        """
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        if script:
            page.add_init_script(script)
        page.bring_to_front()  # of a page behind another one, no frames are drawn
        page.goto(app.url)
        ready(page)
        page.click("[data-preset=free]")
        return page

    def asked(self, request: Request) -> None:
        """Note whose host a request goes to; another machine's is a problem."""
        url = urlsplit(request.url)
        if url.scheme not in ("http", "https"):
            return
        self.origins.add(f"{url.scheme}://{url.netloc}")
        if url.hostname not in HERE:
            self.problems.append(f"foreign request: {request.url}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        # A page that is reloaded or left aborts its open streams, of which Gradio complains in two lines.
        if message.text.startswith("AbortError: signal is aborted"):
            self._left = True
        elif not (self._left and "errored out" in message.text):
            self.problems.append(f"console: {message.text}")


def ready(page: Page) -> None:
    """Wait until the page answers to clicks: its own scripts have run, its first events are bound."""
    page.wait_for_selector("#language button[aria-pressed=true]")
    page.wait_for_selector("#result [data-mounted], #result[data-mounted]", state="attached")
    page.wait_for_selector(".asking[data-preset]", state="attached")
    page.wait_for_selector("#write", state="attached")
    two_frames(page)


SAVES_DATA = "Object.defineProperty(navigator.connection, 'saveData', {value: true, configurable: true})"
"""A browser that is told to save data: what the other tabs need is loaded when they are opened."""


class Profiles:
    """Browser profiles, each lent to one visitor at a time and emptied in between.

    A profile keeps a blank page, so that the next page is a tab of a window that is there already, and the
    files of the app stay in its cache: opening a page costs half of what it does in a new profile.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[tuple[BrowserContext, Page]]] = defaultdict(list)

    def lend(self, **options: Any) -> Visitor:
        """A profile in which nothing has happened."""
        settings = {"locale": "en-US", "viewport": {"width": 1280, "height": 860}, **options}
        kind = json.dumps(settings, sort_keys=True)
        if not self._free[kind]:
            context = self._browser.new_context(**settings)
            context.set_default_timeout(TIMEOUT)
            context.add_init_script(SAVES_DATA)
            self._free[kind].append((context, context.new_page()))
        one = Visitor(kind, *self._free[kind].pop())
        one.context.on("request", one.asked)
        return one

    def take_back(self, one: Visitor) -> list[str]:
        """Return what went wrong in the pages; close them, and forget what they stored."""
        problems = list(one.problems)  # not what Gradio says of streams that end with their page
        for page in one.pages:
            page.close()
        one.context.remove_listener("request", one.asked)
        one.context.clear_permissions()
        one.context.clear_cookies()
        session = one.context.new_cdp_session(one.blank)
        for origin in one.origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
        session.detach()
        self._free[one.kind].append((one.context, one.blank))
        return problems


STORED = "local_storage,indexeddb,websql,cache_storage,service_workers,file_systems,shared_storage"
"""What a page can leave behind in its profile, besides cookies; a session's storage ends with its page."""


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    """The browser profiles of this run."""
    return Profiles(browser)


class KeptPages:
    """Pages that stay open between the tests of a file: to open one costs seconds of a processor.

    What a test left on its page is undone by the fixture that lends the page to the next one.
    """

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._open: dict[str, tuple[Visitor, Page]] = {}

    def lend(self, app: App, **options: Any) -> Page:
        """The page of an app in a profile with these options; it is opened if it is not open yet."""
        kind = json.dumps([app.url, options], sort_keys=True)
        if kind not in self._open:
            one = self._profiles.lend(**options)
            self._open[kind] = one, one.open(app)
        page = self._open[kind][1]
        page.bring_to_front()
        return page

    def problems(self) -> list[str]:
        """What went wrong in the pages."""
        return [problem for one, _ in self._open.values() for problem in one.problems]

    def close(self) -> None:
        """Close all of them; the next test gets a page that has just been opened."""
        while self._open:
            _, (one, _) = self._open.popitem()
            self._profiles.take_back(one)


@pytest.fixture
def visitor(profiles: Profiles) -> Iterator[Callable[..., Visitor]]:
    """Makes browser profiles; afterwards none of them may have seen an error or asked a foreign host."""
    lent: list[Visitor] = []

    def lend(**options: Any) -> Visitor:
        lent.append(profiles.lend(**options))
        return lent[-1]

    yield lend
    assert [problem for one in lent for problem in profiles.take_back(one)] == []


@pytest.fixture(scope="module")
def kept_pages(profiles: Profiles) -> Iterator[KeptPages]:
    """The pages that the tests of a file share, one after the other."""
    pages = KeptPages(profiles)
    yield pages
    pages.close()


@pytest.fixture
def kept_page(request: pytest.FixtureRequest, kept_pages: KeptPages) -> Iterator[Callable[..., Page]]:
    """Lends pages that other tests of the file have used. They may have seen no error and asked no foreign
    host; after a failure they are closed.
    """
    failures = request.session.testsfailed
    yield kept_pages.lend
    problems = kept_pages.problems()
    if problems or request.session.testsfailed > failures:
        kept_pages.close()
    assert problems == []


@pytest.fixture
def page(local_app: App, kept_page: Callable[..., Page]) -> Page:
    """An English page of the local app on a desk, at the tab Generate, with nothing asked for."""
    return begun_anew(kept_page(local_app))


AT_FIRST = {"max-new-tokens": "200", "seed": "", "temperature": "0.8"}
"""The settings that tests change, and a page's own values of them."""


def begun_anew(page: Page) -> Page:
    """Go to the tab Generate and undo there, and in the page's language, what a test has done."""
    page.unroute_all()
    page.evaluate("location.hash = '/generate'")
    page.get_by_role("button", name="English", exact=True).first.click()
    page.click("#clear")
    expect(page.locator("#result .empty")).to_be_visible()
    for name, value in AT_FIRST.items():
        box = page.locator(f"#{name} input[type=number], #{name} textarea, #{name} input[type=text]").first
        if box.count() and box.input_value() != value:
            set_field(page, name, value)
    while (opened := page.locator("[role=tabpanel]:visible button.label-wrap.open")).count():
        opened.first.click()
        two_frames(page)
    page.click("[data-preset=free]")
    return page


def one_of(request: pytest.FixtureRequest, *sizes: dict[str, Any]) -> dict[str, Any]:
    """The size at which a test runs, by its name: each test at one, and about as many at each.

    What depends on the size is judged at each by tests of its own, such as those of barriers and overlaps.
    """
    return sizes[zlib.crc32(request.node.name.encode()) % len(sizes)]


def open_tab(page: Page, name: re.Pattern[str]) -> None:
    """Go to a tab; on a narrow page those that do not fit are under the button with the three dots."""
    tab = page.get_by_role("tab", name=name)
    folded = page.locator(".overflow-dropdown button").filter(has_text=name)
    page.wait_for_selector("[role=tab]")
    if tab.count():
        tab.click()
        return
    page.click(".overflow-menu > button")
    folded.click()


def keeping(page: Page) -> Page:
    """Leave temporary mode, in which every page of a public host starts."""
    page.click("#temporary button[aria-checked=true]")
    page.wait_for_selector("#temporary button[aria-checked=false]")
    return page


def write(page: Page, prompt: str) -> None:
    """Type a prompt and press the button; the text is then on its way."""
    page.fill("#prompt textarea", prompt)
    page.click("#write")


def ended_after(app: App, close: Callable[[], None]) -> float:
    """Seconds from here, where ``close`` closes the page that a run writes for, to the end of the run.

    It is read from the database, so asking costs next to nothing. No other run may be going on.
    """
    running = "SELECT 1 FROM runs WHERE status = 'running'"
    with closing(sqlite3.connect(app.folder / "llama_demo.db")) as database:
        assert database.execute(running).fetchone(), "nothing is being written"
        began = time.monotonic()
        close()
        while database.execute(running).fetchone() and time.monotonic() < began + START_TIMEOUT:
            time.sleep(0.01)
        return time.monotonic() - began


def finished(page: Page) -> None:
    """Wait until the run says how it ended."""
    page.wait_for_selector(
        ", ".join(f"#status .status-{how}" for how in ("length", "end", "stop", "stopped", "quoted"))
    )


def findings(page: Page, within: str = "html") -> list[str]:
    """What axe-core finds on the page that is serious or critical, once nothing moves any more.

    That the page has one first heading counts as serious here.

    Args:
        within: the part of the page that is new, where the rest of it has been looked at in this theme.
    """
    page.mouse.move(0, 0)
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_CORE.axe_script)
    found = page.evaluate("([within, options]) => axe.run(within, options)", [within, AXE])
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical") or rule["id"] == "page-has-heading-one"
        for node in rule["nodes"]
    ]


AXE_CORE = Axe()
AXE = {"resultTypes": ["violations"], "preload": False, "iframes": False}
"""Violations alone are described; the page's styles are in it, and it has no frames."""
LOOKS = (("English", "light"), ("中文", "dark"))
"""Each language and each theme once: names and widths depend on the one, contrast on the other."""


def every_look(page: Page) -> Iterator[str]:
    """Show the page in each of :data:`LOOKS`, one after the other; yields which it is in."""
    for language, theme in LOOKS:
        page.locator("#language").get_by_role("button", name=language, exact=True).click()
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(
            "(dark) => document.body.classList.contains('dark') === dark", arg=theme == "dark"
        )
        yield f"{language}, {theme}"


def overlaps(page: Page, within: str) -> list[str]:
    """Pairs of texts and buttons inside of ``within`` that lie on each other."""
    return list(page.evaluate(OVERLAPS, within))


OVERLAPS = """(within) => {
  const shown = [...document.querySelectorAll(within)]
    .flatMap((part) => [...part.querySelectorAll(
      'p, label, button, summary, textarea, input, h1, h2, h3, li, dt, dd, [role=tab]')])
    .filter((e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true})
      && !e.closest('.unseen, .menu-items, dialog') && e.getClientRects().length
      && e.getBoundingClientRect().width > 1 && e.getBoundingClientRect().height > 1);
  const found = [];
  for (const [number, one] of shown.entries()) {
    for (const other of shown.slice(number + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (width > 2 && height > 2) {
        found.push(`${one.tagName} ${one.innerText} / ${other.tagName} ${other.innerText}`);
      }
    }
  }
  return found;
}"""


def two_frames(page: Page) -> None:
    """Wait until the browser has drawn twice: whatever was due by then has run."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def set_field(page: Page, name: str, value: str) -> None:
    """Type into a field of the settings; its accordion is opened if need be."""
    field_ = page.locator(f"#{name} input[type=number], #{name} textarea, #{name} input[type=text]").first
    if not field_.is_visible():
        page.click("#how-daring button.label-wrap" if name in DARING else "#how-long button.label-wrap")
        field_.wait_for(state="visible")
        two_frames(page)  # a slider that has just appeared sets its own value once more
    field_.fill(value)
    field_.blur()


DARING = ("temperature", "top-k", "top-p", "min-p", "repetition-penalty")
