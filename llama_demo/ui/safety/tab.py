"""The Safety tab: the content policy for its readers, licences and cards of the models, the log of decisions.

The modules in ``assets/js/safety`` draw it.
"""

from __future__ import annotations

from llama_demo.services.decisions import FORMS
from llama_demo.ui import markup
from llama_demo.ui.safety import files
from llama_demo.ui.safety.server import SafetyServer
from llama_demo.ui.tab_context import TabContext, TabParts


def build(context: TabContext) -> TabParts:
    """Make the component of the tab."""
    services, handlers = context.services, context.handlers
    context.browser.component(
        "safety/page",
        markup=markup.render("safety.html", forms=FORMS),
        id="safety",
        functions=handlers.functions(SafetyServer(services, public=handlers.public)),
    )
    return TabParts(routes=files.routes(services.decisions, handlers))
