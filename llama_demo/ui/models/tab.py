"""The Models tab: what there is for each task, what fits, getting it, and using it.

Below stands the comparison of two models. The modules in ``assets/js/models`` draw both.
"""

from __future__ import annotations

from llama_demo.catalogue import GUARD
from llama_demo.ui import markup
from llama_demo.ui.comparison.routes import routes
from llama_demo.ui.comparison.server import ComparisonServer
from llama_demo.ui.models.server import ModelsServer
from llama_demo.ui.tab_context import TabContext, TabParts

TASKS = ("generate", "translate", "ask", "search", GUARD)
"""In the order of their tabs; a guard model has none."""

COMPARED = ("generate", "translate", "search")
"""Tasks at which models can be compared."""


def build(context: TabContext) -> TabParts:
    """Make the components of the tab."""
    context.browser.component(
        "models/page",
        markup=markup.render("models.html", tasks=TASKS),
        id="models",
        functions=context.handlers.functions(ModelsServer(context.services)),
    )
    services, handlers = context.services, context.handlers
    context.browser.component(
        "models/comparison",
        markup=markup.render("comparison.html", tasks=COMPARED),
        id="comparison",
        functions=handlers.functions(ComparisonServer(services, public=handlers.public)),
    )
    return TabParts(routes=routes(services.comparison, services.votes, handlers))
