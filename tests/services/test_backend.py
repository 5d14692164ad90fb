"""Generate and Ask write with another server: a second instance of the app's API, and one that misbehaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from llama_demo.errors import DemoError, InputError
from llama_demo.hub import inference
from llama_demo.services.answering.answer import AnswerRequest, AnswerUpdate, Subject, TextPart, Turn
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.backend import BackendService
from llama_demo.services.generation import GenerationRequest, GenerationService, GenerationUpdate
from llama_demo.services.history.runs import RunService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import resolve
from llama_demo.services.writers import Writers
from llama_demo.tasks.generate import GenerateOptions, Token
from llama_demo.ui.generate.stream import GenerationStream
from tests.conftest import GENERATOR
from tests.endless import without_end
from tests.faulty_server import Reply, chat_event, failure, faulty_server
from tests.instructed import BARE, GROUNDED, PASSAGE, write_instructed
from tests.openai_api.conftest import api_of
from tests.services.libraries import opened

ME = resolve(public=False)
STORY = GenerationRequest("Once upon a time there was a little dog")
OPTIONS = GenerateOptions(max_new_tokens=24, seed=5)
DONE = "data: [DONE]\n\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Models, str]]:
    """The models of the other server, and its address; it asks for a key."""
    folder = tmp_path_factory.mktemp("models")
    models = Models(
        [GENERATOR], chosen=[write_instructed(folder / "instructed"), without_end(folder / "endless")]
    )
    with api_of(models, key="of-the-server") as address:
        yield models, address


def pointed_to(address: str, model: str) -> BackendService:
    backend = BackendService()
    backend.use(ME, address, model, "of-the-server")
    return backend


def written(service: GenerationService, request: GenerationRequest = STORY) -> GenerationUpdate:
    return list(service.write(ME, request, OPTIONS))[-1]


def test_another_server_writes_what_its_model_would_here(
    served: tuple[Models, str], models: Models, runs: RunService
) -> None:
    """Text, log-probabilities, choices and figures come over; the history names who wrote."""
    remote = GenerationService(
        Writers(models, backend=pointed_to(served[1], "generator")), runs, Moderation()
    )
    here = written(GenerationService(Writers(models), runs, Moderation()))
    there = written(remote)
    assert there.text == here.text
    assert [token.text for token in there.tokens] == [token.text for token in here.tokens]
    assert [token.logprob for token in there.tokens] == [
        pytest.approx(token.logprob, abs=1e-4) for token in here.tokens
    ]
    assert [choice.text for choice in there.tokens[3].choices] == [
        choice.text for choice in here.tokens[3].choices[:5]
    ]
    figures = ("tokens", "seed", "finish_reason")
    assert [there.info[name] for name in figures] == [here.info[name] for name in figures]
    row = runs.get(ME, str(there.run_id))
    assert (row.model, row.status, row.output) == ("generator@127.0.0.1", "done", there.text)
    assert "of-the-server" not in repr(row)


def test_a_stopped_text_stops_the_other_server(
    served: tuple[Models, str], models: Models, runs: RunService
) -> None:
    """Whether Stop is pressed or the page is left."""
    service = GenerationService(Writers(models, backend=pointed_to(served[1], "endless")), runs, Moderation())
    engine = served[0].writer("endless").engine
    for leave in (False, True):
        updates = service.write(ME, STORY, replace(OPTIONS, max_new_tokens=10_000), key="page")
        last = next(one for one in updates if one.text)
        assert engine.requests == 1
        if leave:
            updates.close()  # type: ignore[attr-defined]
        else:
            assert service.stop("page")
            last = list(updates)[-1]
            assert last.info["finish_reason"] == "stopped"
        deadline = time.monotonic() + 5
        while engine.requests:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert runs.get(ME, str(last.run_id)).status == "stopped"


def test_questions_are_answered_by_another_server(served: tuple[Models, str], tmp_path: Path) -> None:
    """With passages as the system message, and with the conversation so far."""
    with opened(tmp_path, None) as shelf:
        writers = Writers(shelf.models, backend=pointed_to(served[1], "instructed"))
        service = AnswerService(shelf.models, shelf.search, shelf.library, shelf.runs, Moderation(), writers)

        def answered(request: AnswerRequest) -> AnswerUpdate:
            return list(service.ask(ME, request))[-1]

        bridge = Subject(parts=(TextPart(PASSAGE),))
        read = answered(AnswerRequest("When was the bridge opened?", bridge))
        assert (read.text, read.status, read.model) == (GROUNDED, "done", "instructed@127.0.0.1")
        assert [one.text for one in read.evidence] == [PASSAGE]
        turns = (Turn("user", "Hello"), Turn("assistant", "Hello!"))
        chat = answered(AnswerRequest("When was it?", Subject(), turns=turns))
        assert chat.text == BARE
        assert "Hello!" in chat.prompt


def test_a_server_of_fewer_abilities_writes_too(models: Models, runs: RunService) -> None:
    """One that refuses further parameters is asked without them, and tells no tokens, only the text."""
    plain = Reply(lines=[chat_event("One"), chat_event(" day", "length"), DONE])
    with faulty_server(failure(400, "unknown field top_k"), plain) as server:
        service = GenerationService(Writers(models, backend=_started(server.url)), runs, Moderation())
        stream = GenerationStream(GenerationRequest("a dog", preset="story"))
        for update in service.write(ME, GenerationRequest("a dog", preset="story"), OPTIONS):
            stream.add(update)
        assert (update.text, update.tokens, update.info["finish_reason"]) == ("One day", (), "length")
        assert written(service, GenerationRequest("a dog", preset="story")).text == "One day"
    assert '"plain":"One' in stream.text
    bodies = [body for _, _, body in server.seen]
    assert ["top_k" in body for body in bodies] == [True, False, False]
    assert bodies[1]["messages"] == [{"role": "user", "content": "Write a short story about a dog."}]


def test_a_server_that_only_chats_replies_to_a_text(models: Models, runs: RunService) -> None:
    """Where there are no completions of texts, as at Inference Providers."""
    reply = Reply(lines=[chat_event("Once", "stop"), DONE])
    with faulty_server(failure(404), reply) as server:
        service = GenerationService(Writers(models, backend=_started(server.url)), runs, Moderation())
        assert written(service).text == "Once"
        assert written(service).text == "Once"
    paths = [path.removeprefix("/v1") for path, _, _ in server.seen]
    assert paths == ["/completions", "/chat/completions", "/chat/completions"]


def test_what_was_written_before_a_failure_stays(models: Models, runs: RunService) -> None:
    """The run says that it failed, and the page why."""
    with faulty_server(Reply(lines=[chat_event("One day")], whole=False)) as server:
        service = GenerationService(Writers(models, backend=_started(server.url)), runs, Moderation())
        with pytest.raises(DemoError, match="backend_cut_off"):
            written(service, GenerationRequest("a dog", preset="story"))
    [row] = runs.page(ME)
    assert (row.status, row.output) == ("failed", "One day")


def test_another_server_goes_on_from_no_token(models: Models, runs: RunService) -> None:
    """Its ids are not known; a new beginning would be taken for a continuation."""
    service = GenerationService(
        Writers(models, backend=_started("http://127.0.0.1:9/v1")), runs, Moderation()
    )
    with pytest.raises(InputError, match="backend_no_continuation"):
        next(iter(service.write(ME, STORY, OPTIONS, kept=[Token(-1, "x", -1.0)])))
    assert list(service.write(ME, replace(STORY, model="generator"), OPTIONS))[-1].text


def test_only_operators_choose_a_server_that_answers(
    served: tuple[Models, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has to know the model, and of several one is named; a public server calls none in its network."""
    monkeypatch.setattr(inference, "WAITS", (0.01,))
    backend, address = BackendService(), served[1]
    with pytest.raises(InputError, match="operator_only"):
        backend.use(resolve(public=True), address, "generator", "of-the-server")
    with pytest.raises(InputError, match=r"backend_model_missing.*endless"):
        backend.use(ME, address, "", "of-the-server")
    with pytest.raises(DemoError, match="backend_model_unknown"):
        backend.use(ME, address, "nothing", "of-the-server")
    with pytest.raises(DemoError, match="backend_key_refused"):
        backend.use(ME, address, "generator", "another-key")
    with pytest.raises(DemoError, match="backend_unreachable"):
        backend.use(ME, "http://127.0.0.1:9/v1", "generator", "")
    assert backend.writer is None
    with pytest.raises(InputError, match="backend_private"):
        BackendService(public=True).use(ME, address, "generator", "of-the-server")
    backend.use(ME, f"{address}/", "generator", "of-the-server")
    assert backend.state(resolve(public=True)) is None
    assert "of-the-server" not in repr(backend.state(ME))
    backend.leave(ME)
    assert backend.entry is None


def _started(address: str) -> BackendService:
    backend = BackendService()
    backend.start_with(address, "m", "")
    return backend
