"""Temporary mode on the page: its switch in the head, and the line below it.

The page holds the mode and sends it with every call. It starts off, in public mode on; once the switch was
pressed, the browser's tab remembers the mode until it is closed.
"""

from __future__ import annotations

from llama_demo.ui import markup
from llama_demo.ui.browser_files import BrowserFiles


def switch(browser: BrowserFiles) -> None:
    """Make the switch, which acts in the browser alone."""
    browser.component(
        "page/temporary", markup=markup.render("temporary.html"), id="temporary", classes="head-temporary"
    )


def line() -> None:
    """Make the sentence below the head, shown while the mode is on."""
    markup.piece("temporary_line.html", id="temporary-line")
