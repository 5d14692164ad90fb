"""The graph of the ES modules, by which the browser is told early what a tab needs."""

from __future__ import annotations

import re

from llama_demo.ui.modules import imports, modules, needed


def test_every_import_between_modules_leads_to_a_file() -> None:
    """A mistyped path is seen by nobody until the module is loaded."""
    sources = modules()
    for path, source in sources.items():
        for target in imports(path, source):
            assert target in sources, f"{path} imports {target}"


def test_every_form_of_an_import_is_found() -> None:
    """Over several lines too; what is imported later, or is a type, is left out."""
    source = b"""// @ts-check
/** @type {import("./types.js").One} */
import { one } from "./one.js";
import {
  two,
  three,
} from "../lib/two.js";
import "./bare.js";
export { mount as four } from "./four.js";
export const five = () => import("./five.js");
const text = 'import { six } from "./six.js"';
"""
    found = imports("tab/index.js", source)
    assert found == ["tab/one.js", "lib/two.js", "tab/bare.js", "tab/four.js"]


def test_everything_that_is_needed_is_named_once() -> None:
    """Modules may import each other."""
    sources = {
        "a.js": b'import { b } from "./b.js";\nimport { c } from "./c.js";',
        "b.js": b'import { c } from "./c.js";',
        "c.js": b'import { a } from "./a.js";',
        "d.js": b"",
    }
    assert needed(["a.js"], sources) == ["a.js", "b.js", "c.js"]
    assert needed(["d.js", "b.js"], sources) == ["d.js", "b.js", "c.js", "a.js"]


def test_no_module_awaits_outside_of_a_function() -> None:
    """In WebKit (Safari, every iPhone) no component of the page would be mounted: webkit.org/b/242740."""
    outermost = re.compile(rb"^[^\s/][^\n]*?\bawait\b", re.M)
    waiting = {path: outermost.findall(source) for path, source in modules().items()}
    assert [path for path, lines in waiting.items() if any(b"async" not in line for line in lines)] == []
