"""Temporary mode on the page: its switch in the head, and the line below it.

The page alone knows whether the mode is on, and says so with every call. On one's own machine a page starts
with it off, on a public host with it on; once the switch was pressed, the tab of the browser remembers that
one flag until it is closed.
"""

from __future__ import annotations

from llama_demo.ui import markup
from llama_demo.ui.browser_files import BrowserFiles


def switch(browser: BrowserFiles) -> None:
    """The switch; it acts in the browser alone."""
    browser.component(
        "page/temporary", markup=markup.render("temporary.html"), id="temporary", classes="head-temporary"
    )


def line() -> None:
    """One sentence below the head while the mode is on."""
    markup.piece("temporary_line.html", id="temporary-line")
