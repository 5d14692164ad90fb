"""The arguments and results of the tabs' ``build`` functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.blocks import Block
from starlette.routing import Route

from llama_demo.services.answering.chat import Chat
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.answering.sources import Sources
from llama_demo.services.answering.suggestions import Suggestions
from llama_demo.services.backend import BackendService
from llama_demo.services.bias.probe import BiasProbe
from llama_demo.services.checkpoints.service import CheckpointService
from llama_demo.services.comparison.service import ComparisonService
from llama_demo.services.comparison.votes import VoteService
from llama_demo.services.decisions import DecisionLog
from llama_demo.services.erasure import DataErasure
from llama_demo.services.expiry import DataExpiry
from llama_demo.services.generation import GenerationService
from llama_demo.services.history.runs import Run, RunService
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.library.library import Library
from llama_demo.services.library.search import SearchService
from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.live_training.word_step import WordStepService
from llama_demo.services.machine_figures import MachineFigureService
from llama_demo.services.model_cards import ModelCardService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.translation.dictionary import DictionaryService
from llama_demo.services.translation.documents import DocumentTranslationService
from llama_demo.services.translation.glossary import Glossary
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.writers import Writers
from llama_demo.ui.browser_files import BrowserFiles
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.labels import Labels


@dataclass(frozen=True)
class Services:
    """The use cases that the page offers."""

    models: Models
    backend: BackendService
    writers: Writers
    checkpoints: CheckpointService
    comparison: ComparisonService
    votes: VoteService
    runs: RunService
    generation: GenerationService
    translation: TranslationService
    library: Library
    search: SearchService
    documents: DocumentTranslationService
    dictionary: DictionaryService
    glossary: Glossary
    answering: AnswerService
    conversations: ConversationService
    chat: Chat
    sources: Sources
    suggestions: Suggestions
    inspection: InspectionService
    training: LiveTrainingService
    word_steps: WordStepService
    bias: BiasProbe
    figures: MachineFigureService
    erasure: DataErasure
    expiry: DataExpiry
    moderation: Moderation
    decisions: DecisionLog
    cards: ModelCardService


@dataclass(frozen=True)
class TabContext:
    """The arguments of a tab's ``build``.

    Attributes:
        services: the use cases.
        labels: makes the components whose texts follow the language.
        handlers: binds handlers to events.
        browser: makes the components that scripts draw.
        running: component in the head of the page: the model and its last speed.
    """

    services: Services
    labels: Labels
    handlers: Handlers
    browser: BrowserFiles
    running: gr.HTML


@dataclass(frozen=True)
class Reopening:
    """How a tab shows a run of the history again.

    Attributes:
        task: the runs that this tab can show.
        outputs: the components that change.
        updates: their values for a run, one for each output.
        versions: the same, given all versions of the run, oldest first; for a tab that shows them together.
    """

    task: str
    outputs: Sequence[Block]
    updates: Callable[[Run], Sequence[Any]]
    versions: Callable[[Run, Sequence[Run]], Sequence[Any]] | None = None


@dataclass(frozen=True)
class TabParts:
    """The result of a tab's ``build``.

    Attributes:
        reopening: set if runs can be opened again here.
        wire: called when every tab is built, with the results of all; for a tab that changes components
            of others.
        routes: HTTP routes for uploads and downloads.
    """

    reopening: Reopening | None = None
    wire: Callable[[gr.Tabs, gr.Tab, Sequence[tuple[str, Reopening]]], None] | None = None
    routes: Sequence[Route] = ()
