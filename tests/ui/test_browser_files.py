"""The files that the browser loads: found, cached for ever, and named anew when one of them changes."""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from llama_demo.ui.browser_files import BrowserFiles
from llama_demo.ui.modules import modules
from llama_demo.ui.stylesheet import CONTAINER, stylesheet


@pytest.fixture
def files() -> BrowserFiles:
    """The files of a page with one component."""
    files = BrowserFiles()
    files.component("search/search", markup="<p>${alert(1)} {{x}}</p>")
    return files


@pytest.fixture
def client(files: BrowserFiles) -> TestClient:
    """A browser in front of them."""
    return TestClient(Starlette(routes=files.routes()))


def test_every_file_is_there_and_cached(files: BrowserFiles, client: TestClient) -> None:
    """A missing module would leave a tab dead."""
    named = set(re.findall(r'(?:href|src)="\./([^"]+)"', files.head()))
    assert f"browser/{files.version}/js/index.js" in named
    for name in named | {f"browser/{files.version}/js/{path}" for path in modules()}:
        answer = client.get(f"/{name}")
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]


def test_what_the_first_tab_needs_is_loaded_at_once(files: BrowserFiles) -> None:
    """And the rest when its tab is opened: no module is left out."""
    head = files.head()
    named = re.findall(r'rel="modulepreload" href="\./browser/[0-9a-f]+/js/([^"]+)"', head)
    listed = re.search(r'<script id="later-modules" type="application/json">(.*?)</script>', head)
    assert listed is not None
    later = json.loads(listed[1])
    assert {"index.js", "lib/resources.js", "generate/result.js"} <= set(named)
    assert {"ask/index.js", "ask/tree.js"} <= set(later["ask"])
    assert not any(path.startswith(("ask/", "search/")) for path in named)
    assert set(named).isdisjoint(chain(*later.values()))
    assert {*named, *chain(*later.values())} == set(modules())


def test_files_are_sent_compressed_to_those_who_take_it(files: BrowserFiles, client: TestClient) -> None:
    """They are compressed once, not for every visit."""
    for name in ("texts.json", "style.css", "js/lib/client.js"):
        plain = client.get(f"/browser/{files.version}/{name}", headers={"accept-encoding": "identity"})
        zipped = client.get(f"/browser/{files.version}/{name}", headers={"accept-encoding": "gzip"})
        packed = client.get(f"/browser/{files.version}/{name}", headers={"accept-encoding": "gzip, br"})
        encodings = [one.headers["content-encoding"] for one in (zipped, packed)]
        assert encodings == ["gzip", "br"]
        assert "content-encoding" not in plain.headers
        assert int(packed.headers["content-length"]) < len(plain.content) == len(packed.content)
        assert plain.content == packed.content
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


def test_public_hosts_send_less() -> None:
    """Their visitors come from afar; one's own machine does not wait until all is as small as can be."""
    sent = []
    for public in (False, True):
        files = BrowserFiles(public=public)
        client = TestClient(Starlette(routes=files.routes()))
        answer = client.get(f"/browser/{files.version}/style.css", headers={"accept-encoding": "br"})
        sent.append(int(answer.headers["content-length"]))
    assert sent[0] > sent[1]


def test_markup_reaches_the_page_letter_by_letter(files: BrowserFiles, client: TestClient) -> None:
    """In a file, never in a template that Gradio runs as a program."""
    component = files.component("search/search", markup="<p>${alert(1)} {{x}}</p>")
    assert component.html_template.strip() == ""
    templates = client.get(f"/browser/{files.version}/later/templates.json").json()
    assert templates[component.props["markup"]] == "<p>${alert(1)} {{x}}</p>"


def test_the_version_follows_the_content() -> None:
    """Else a browser would keep the former files."""
    one, same, other = BrowserFiles(), BrowserFiles(), BrowserFiles()
    other.component("search/search", markup="<p>new</p>")
    assert one.version == same.version != other.version


@pytest.mark.parametrize(
    "path", ["../css/page.css", "..%2f..%2fREADME.md", "lib", "absent.js", "types.d.ts", "boot.js"]
)
def test_nothing_but_modules_is_served(files: BrowserFiles, client: TestClient, path: str) -> None:
    """No way leads out of the folder."""
    assert client.get(f"/browser/{files.version}/js/{path}").status_code == 404


def test_the_import_map_names_the_scripts(files: BrowserFiles) -> None:
    """The one line of each component imports from ``app/``."""
    found = re.search(r'<script type="importmap">(.*?)</script>', files.head())
    assert found is not None
    assert json.loads(found[1])["imports"]["app/"] == f"./browser/{files.version}/js/"


def test_rules_also_apply_below_the_container(tmp_path: Path) -> None:
    """So that they win against those of Gradio's components; the dark theme stands above it."""
    sheet = tmp_path / "one.css"
    sheet.write_text(
        "/* a { } */ .a, .b:is(.c, .d) { color: red; }\n.dark .e { color: blue; }\n"
        "@media (max-width: 9px) { .f { color: green; } }",
        encoding="utf-8",
    )
    css = stylesheet([sheet])
    assert ".a, .b:is(.c, .d) {color: red;}" in css
    assert f"{CONTAINER} .a, {CONTAINER} .b:is(.c, .d) {{color: red;}}" in css
    assert f".dark {CONTAINER} .e {{color: blue;}}" in css
    assert f"@media (max-width: 9px) {{\n{CONTAINER} .f {{color: green;}}\n}}" in css
    assert "a { }" not in css
