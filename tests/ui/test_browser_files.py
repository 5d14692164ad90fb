"""The files that the browser loads: found, cached for ever, and named anew when one of them changes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from llama_demo.settings import ASSETS
from llama_demo.ui.browser_files import BrowserFiles
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


def test_what_the_head_names_is_there_and_cached(files: BrowserFiles, client: TestClient) -> None:
    """A missing module would leave a tab dead."""
    named = set(re.findall(r'(?:href|src)="\./([^"]+)"', files.head()))
    assert any(name.endswith("/js/lib/client.js") for name in named)
    for name in named:
        answer = client.get(f"/{name}")
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]


def test_every_import_between_modules_leads_to_a_file() -> None:
    """A mistyped path is seen by nobody until the module is loaded."""
    for path in (ASSETS / "js").rglob("*.js"):
        for target in re.findall(r'^(?:import|export)[^"]*from "(\.[^"]+)"', path.read_text("utf-8"), re.M):
            assert (path.parent / target).is_file(), f"{path.name} imports {target}"


def test_markup_reaches_the_page_letter_by_letter(files: BrowserFiles, client: TestClient) -> None:
    """In a file, never in a template that Gradio runs as a program."""
    component = files.component("search/search", markup="<p>${alert(1)} {{x}}</p>")
    assert component.html_template.strip() == ""
    templates = client.get(f"/browser/{files.version}/templates.json").json()
    assert templates[component.props["markup"]] == "<p>${alert(1)} {{x}}</p>"


def test_the_version_follows_the_content() -> None:
    """Else a browser would keep the former files."""
    one, same, other = BrowserFiles(), BrowserFiles(), BrowserFiles()
    other.component("search/search", markup="<p>new</p>")
    assert one.version == same.version != other.version


@pytest.mark.parametrize("path", ["../css/page.css", "..%2f..%2fREADME.md", "lib", "absent.js", "types.d.ts"])
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
