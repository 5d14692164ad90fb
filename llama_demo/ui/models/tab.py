"""The Models tab: what there is for each task, what fits, getting it, and using it.

The modules in ``assets/js/models`` draw it.
"""

from __future__ import annotations

from llama_demo.ui import markup
from llama_demo.ui.models.server import ModelsServer
from llama_demo.ui.tab_context import TabContext, TabParts

TASKS = ("generate", "translate", "ask", "search")
"""In the order of their tabs."""


def build(context: TabContext) -> TabParts:
    """Make the component of the tab."""
    context.browser.component(
        "models/page",
        markup=markup.render("models.html", tasks=TASKS),
        id="models",
        functions=context.handlers.functions(ModelsServer(context.services)),
    )
    return TabParts()
