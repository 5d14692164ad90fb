"""Starts llama_demo: flags and variables to settings, models and the history, the page, the server.

Run ``python app.py --help`` for what can be set.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from llama_demo import settings as settings_module
from llama_demo.engine.devices import use_threads
from llama_demo.errors import DemoError, SettingsError, StoreError
from llama_demo.process import MemoryReturn, share_heap, switch_threads_often
from llama_demo.safety.policy_file import bundled_policy, load_policy
from llama_demo.services.answering.chat import Chat
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.answering.sources import Sources
from llama_demo.services.answering.suggestions import Suggestions
from llama_demo.services.backend import BackendService, remote_encoder
from llama_demo.services.bias.probe import BiasProbe
from llama_demo.services.checkpoints.machine import MachineService
from llama_demo.services.checkpoints.service import CheckpointService
from llama_demo.services.comparison.ranking import PassageRanking
from llama_demo.services.comparison.service import ComparisonService
from llama_demo.services.comparison.votes import VoteService
from llama_demo.services.completions import CompletionService
from llama_demo.services.data_copying import DataCopying
from llama_demo.services.decisions import DecisionLog
from llama_demo.services.erasure import DataErasure
from llama_demo.services.expiry import DataExpiry
from llama_demo.services.generation import GenerationService
from llama_demo.services.guard import GuardedPolicy
from llama_demo.services.history.runs import RunService
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.ingestion import UploadLimits
from llama_demo.services.library.library import Library
from llama_demo.services.library.sample_vectors import read_sample_vectors
from llama_demo.services.library.search import SearchService
from llama_demo.services.library.text_encoder import RemoteEncoder
from llama_demo.services.live_training.service import ADDRESS_TRAININGS, LiveTrainingService
from llama_demo.services.live_training.word_step import WordStepService
from llama_demo.services.machine_figures import MachineFigureService
from llama_demo.services.model_cards import ModelCardService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.translation.dictionary import DictionaryService
from llama_demo.services.translation.documents import DocumentTranslationService
from llama_demo.services.translation.glossary import Glossary
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.visits import resolve
from llama_demo.services.writers import Writers
from llama_demo.settings import ASSETS, Settings, terminal_language
from llama_demo.store.backup import back_up, restore
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.data_copy import DataCopy
from llama_demo.store.database import Database
from llama_demo.store.decisions import DecisionStore
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.glossary import GlossaryStore
from llama_demo.store.library import LibraryStore
from llama_demo.store.model_choices import ModelChoiceStore
from llama_demo.store.runs import RunStore
from llama_demo.store.visitors import VisitorStore
from llama_demo.store.votes import VoteStore
from llama_demo.ui import desktop, launch, page
from llama_demo.ui.guard import GuardedApp
from llama_demo.ui.log_format import configure
from llama_demo.ui.openai_routes import openai_api
from llama_demo.ui.tab_context import Services
from llama_demo.ui.terminal_progress import show_downloads
from llama_demo.ui.texts import catalogue

MODELS = ASSETS / "models"


def main(arguments: Sequence[str]) -> int:
    """Run the app until it is told to end. Returns the exit code: 0, 1 for what broke, 2 for bad flags."""
    configure("text")
    settings: Settings | None = None
    try:
        settings = settings_module.load(arguments)
        configure(settings.log_format)
        return perform(settings, arguments)
    except DemoError as error:
        print(catalogue(terminal_language(settings)).error(error), file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1


def perform(settings: Settings, arguments: Sequence[str]) -> int:
    """Make a backup, restore one, get models, change the start menu, or serve the page, as the settings say.

    Args:
        settings: what to do.
        arguments: those of the command line, which an entry of the start menu repeats.

    Returns:
        The exit code.

    Raises:
        DemoError: what makes it impossible.
    """
    texts = catalogue(terminal_language(settings))
    if settings.backup is not None:
        size = back_up(settings.data_folder, settings.backup.absolute())
        print(texts("launch.backed_up", path=settings.backup, megabytes=f"{size / 2**20:.1f}"))
    elif settings.restore is not None:
        restore(settings.data_folder, settings.restore.absolute())
        print(texts("launch.restored", path=settings.data_folder))
    elif settings.get is not None:
        return get_models(settings)
    elif settings.install_shortcut or settings.remove_shortcut:
        print(desktop.change_shortcut(settings, [sys.executable, str(Path(__file__).resolve()), *arguments]))
    else:
        run(settings)
    return 0


def get_models(settings: Settings) -> int:
    """Download a set of models, with a progress bar, and let it serve from the next start on.

    Returns:
        The exit code: 0, or 130 if it was interrupted. What was downloaded stays, and the next try resumes.

    Raises:
        DemoError: why a download failed; the next try resumes, too.
    """
    assert settings.get is not None
    texts = catalogue(terminal_language(settings))
    operator = resolve(public=False)
    database = Database(settings.data_folder / "llama_demo.db")
    models = Models(sorted(MODELS.iterdir()), device="cpu")
    machine = MachineService(
        settings.data_folder, settings.models_folder, device=settings.device, dtype=settings.dtype
    )
    choices = ModelChoiceStore(database)
    with (
        closing(database),
        closing(CheckpointService(models, choices, machine, settings.models_folder)) as checkpoints,
    ):
        checkpoints.open()
        for problem in checkpoints.too_large(settings.get):
            print(texts("launch.too_large", **problem.values), file=sys.stderr)
        checkpoints.download_set(operator, settings.get, activate=False)
        try:
            show_downloads(lambda: checkpoints.progress(operator))
        except KeyboardInterrupt:
            print(f"\n{texts('launch.interrupted')}", file=sys.stderr)
            return 130
        checkpoints.choose_set(operator, settings.get)
    print(texts("launch.got_models", path=settings.models_folder))
    return 0


def run(settings: Settings) -> None:
    """Serve the page until the program is told to end.

    Raises:
        DemoError: whatever makes it impossible to start, with the sentence that says so.
    """
    if settings.window:
        desktop.serve_in_window(settings, running)
        return
    with running(settings):
        launch.wait_for_end()


@contextmanager
def running(settings: Settings) -> Iterator[GuardedApp]:
    """Build every layer, bottom up, and serve the page during the block.

    Yields:
        The application, with its routes.

    Raises:
        DemoError: whatever makes it impossible to start, with the sentence that says so.
    """
    use_threads(settings.threads)
    switch_threads_often()
    share_heap()
    policy = load_policy(settings.policy) if settings.policy else bundled_policy()
    with ExitStack() as opened:
        copy = DataCopy(settings.data_folder, settings.copy_folder) if settings.copy_folder else None
        told = copy.prepare() if copy is not None else []
        database = Database(settings.data_folder / "llama_demo.db")
        opened.callback(database.close)
        if settings.is_public:
            database.name_in_errors = database.path.name  # where it lies is not for visitors
        if database.set_aside is not None:
            told.append(StoreError("database_set_aside", path=str(database.set_aside)))
        copying = DataCopying(copy, database) if copy is not None else None
        if copying is not None:
            opened.callback(copying.close)
        machine = MachineService(
            settings.data_folder, settings.models_folder, device=settings.device, dtype=settings.dtype
        )
        models = Models(
            sorted(MODELS.iterdir()),
            chosen=settings.model,
            guard=settings.guard,
            device=settings.device,
            dtype=settings.dtype,
            requests=settings.limits.model_requests,
            cuda_graphs=settings.cuda_graphs,
            fastest=machine.fastest,
        )
        if settings.guard is not None:
            models.guard()  # else the app would start without what its operator wanted
        runs = RunService(RunStore(database))
        translation = TranslationService(models, runs)
        encoder = encoder_elsewhere(settings)
        library, search, ranking = libraries(database, models, runs, settings, encoder)
        opened.callback(library.close)
        backend = BackendService(public=settings.is_public, encoder=encoder)

        def switched(task: str) -> None:
            if task == "search":
                library.embed_anew()
            elif task == "generate":
                backend.end()

        checkpoints = CheckpointService(
            models,
            ModelChoiceStore(database),
            machine,
            settings.models_folder,
            public=settings.is_public,
            switched=switched,
        )
        opened.callback(checkpoints.close)
        checkpoints.open()
        library.open()
        checkpoints.warm_up()
        if settings.backend:
            backend.start_with(
                settings.backend, settings.backend_model, settings.backend_key.get_secret_value()
            )
        sources = Sources()
        opened.callback(sources.close)
        decisions = DecisionLog(DecisionStore(database), public=settings.is_public)
        moderation = Moderation(GuardedPolicy(policy, models).moderator, decisions.record)
        training = LiveTrainingService(
            public=settings.is_public,
            address_trainings=ADDRESS_TRAININGS if settings.limits.address_calls else 0,
        )
        writers = Writers(models, training, backend)
        answering = AnswerService(models, search, library, runs, moderation, writers)
        limits = settings.limits
        conversations = ConversationService(ConversationStore(database), most=limits.visitor_conversations)
        documents = DocumentTranslationService(translation, runs, waiting=limits.waiting_documents)
        opened.callback(documents.close)
        glossary = Glossary(GlossaryStore(database))
        inspection = InspectionService(models)
        erasure = DataErasure(
            store=ErasureStore(database),
            runs=runs,
            conversations=conversations,
            library=library,
            glossary=glossary,
            translated=documents,
            training=training,
            inspection=inspection,
            models=models,
            uploads=launch.uploads_folder(settings),
        )
        keep_days = limits.keep_days if settings.is_public else 0
        expiry = DataExpiry(VisitorStore(database), erasure, days=keep_days)
        opened.callback(expiry.close)
        generation = GenerationService(writers, runs, moderation)
        votes = VoteService(VoteStore(database))
        services = Services(
            models=models,
            backend=backend,
            writers=writers,
            checkpoints=checkpoints,
            comparison=ComparisonService(
                models, writers, checkpoints.loading, generation, translation, ranking, votes
            ),
            votes=votes,
            runs=runs,
            generation=generation,
            translation=translation,
            documents=documents,
            dictionary=DictionaryService(),
            glossary=glossary,
            library=library,
            search=search,
            answering=answering,
            conversations=conversations,
            chat=Chat(answering, conversations),
            sources=sources,
            suggestions=Suggestions(models, search, library, ChunkStore(database)),
            inspection=inspection,
            training=training,
            word_steps=WordStepService(models),
            bias=BiasProbe(models, public=settings.is_public),
            figures=MachineFigureService(models),
            erasure=erasure,
            expiry=expiry,
            moderation=moderation,
            decisions=decisions,
            cards=ModelCardService(models, public=settings.is_public),
        )
        expiry.start()
        memory = MemoryReturn()
        opened.callback(memory.close)
        memory.start()
        launch.prepare(settings)
        built = page.build(services, settings, notices=notices(told, settings))
        api = openai_api(models, CompletionService(models, moderation), search, built.calls, settings)
        served = launch.serving(
            built,
            settings,
            healthy=database.healthy,
            models=models.serving_state,
            once_serving=search.warm_up,
            routes=api.routes(),
            copy=(lambda: copying.state) if copying is not None else None,
        )
        guarded = opened.enter_context(served)
        if copying is not None:
            copying.start()
        yield guarded


def encoder_elsewhere(settings: Settings) -> RemoteEncoder | None:
    """The encoder of another server that the settings name."""
    if not settings.embedding_backend:
        return None
    return remote_encoder(
        settings.embedding_backend,
        settings.embedding_backend_model,
        settings.embedding_backend_key.get_secret_value(),
        public=settings.is_public,
    )


def libraries(
    database: Database,
    models: Models,
    runs: RunService,
    settings: Settings,
    encoder: RemoteEncoder | None,
) -> tuple[Library, SearchService, PassageRanking]:
    """The library, not yet opened, the search in it, and rankings of it by any model."""
    chunks, store = ChunkStore(database), LibraryStore(database)
    embedders = Embedders(models, chunks, encoder, read_sample_vectors())
    library = Library(store, Indexing(store, chunks, embedders), _upload_limits(settings))
    search = SearchService(library, chunks, embedders, models, runs)
    return library, search, PassageRanking(library, chunks, embedders, runs)


def _upload_limits(settings: Settings) -> UploadLimits:
    limits = settings.limits
    return UploadLimits(
        files=limits.request_files,
        file_bytes=limits.file_megabytes * launch.MEGABYTE,
        documents=limits.visitor_documents,
        bytes=limits.visitor_megabytes * launch.MEGABYTE,
        collections=limits.visitor_collections,
    )


def notices(told: Sequence[StoreError], settings: Settings) -> list[DemoError]:
    """What happened at the start that the operator should know; told in the terminal too."""
    for one in told:
        print(catalogue(terminal_language(settings)).error(one), file=sys.stderr)
    if not settings.is_public:
        return list(told)
    return [DemoError(one.key, path=Path(str(one.values["path"])).name) for one in told]


if __name__ == "__main__":
    code = main(sys.argv[1:])
    gc.freeze()  # else the interpreter looks for seconds through all that the libraries hold
    sys.exit(code)
