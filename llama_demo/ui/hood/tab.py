"""The tab "Inside": the guided tour through a model, and the same with a text of one's own."""

from __future__ import annotations

from llama_demo.ui import markup
from llama_demo.ui.hood.server import InspectionServer
from llama_demo.ui.hood.steps import EVERY, STEPS
from llama_demo.ui.hood_bias.server import BiasServer
from llama_demo.ui.hood_questions.server import QuestionsServer
from llama_demo.ui.hood_training import routes as hood_training
from llama_demo.ui.hood_training.server import TrainingServer
from llama_demo.ui.tab_context import TabContext, TabParts


def build(context: TabContext) -> TabParts:
    """Make the components of the tab."""
    services = context.services
    tasks = [task for task in EVERY if services.models.entries(task)]
    context.browser.component(
        "hood/tour",
        markup=markup.render("hood.html", steps=STEPS, tasks=tasks),
        id="hood",
        functions=context.handlers.functions(
            InspectionServer(services),
            TrainingServer(services.training, services.word_steps),
            BiasServer(services.bias, services.models),
            QuestionsServer(services.figures),
        ),
    )
    return TabParts(routes=hood_training.routes(services.training, context.handlers))
