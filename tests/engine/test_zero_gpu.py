"""ZeroGPU: the function that gets a GPU, whose steps are those of the processor, and its discovery.

No GPU takes part. With the package ``spaces`` and PyTorch 2.8, as on a Space:

    pip install "torch==2.8.*" "spaces>=0.51,<0.60" && python -m pytest --all tests/engine/test_zero_gpu.py
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import torch

from llama_demo.engine import zero_gpu
from llama_demo.engine.devices import choose_device
from llama_demo.engine.request import FinishReason, Request, Sampling, Step
from llama_demo.engine.token_filter import TokenSet
from llama_demo.engine.zero_gpu import ZeroGpuEngine, decode, seconds_for
from llama_demo.errors import DeviceError, InputError
from llama_demo.tasks.language_model import LanguageModel
from tests.conftest import GENERATOR
from tests.e2e.conftest import start
from tests.http_server import SilentHandler, http_server

REQUEST = Request(prompt=(5, 6, 7), sampling=Sampling(seed=3), max_new_tokens=20, alternatives=2)


def between_processes(folder: str, request: Request) -> Iterator[list[Step] | FinishReason]:
    """As ``spaces`` calls it: what goes in and out is pickled."""
    for found in decode(*pickle.loads(pickle.dumps((folder, request)))):
        yield pickle.loads(pickle.dumps(found))


@pytest.fixture
def engine(writer: LanguageModel) -> Iterator[ZeroGpuEngine]:
    """With the bundled generator, decoding in this process."""
    made = ZeroGpuEngine(writer.engine.model, GENERATOR, decoder=between_processes)
    yield made
    made.close()


def test_the_steps_are_those_of_the_processor(engine: ZeroGpuEngine, writer: LanguageModel) -> None:
    """With the same seed, and the same end."""
    with engine.submit(REQUEST) as there, writer.engine.submit(REQUEST) as here:
        steps, same = list(there), list(here)
    assert [step.id for step in steps] == [step.id for step in same]
    assert all(len(step.alternatives) == 2 for step in steps)
    assert there.finish_reason is here.finish_reason is FinishReason.LENGTH
    assert there.first_token_seconds is not None


def test_what_cannot_be_written_is_refused_before_a_gpu_is_asked_for(engine: ZeroGpuEngine) -> None:
    """It would cost the visitor's share."""
    with pytest.raises(InputError, match="prompt_empty"):
        engine.submit(Request(prompt=()))


def test_a_request_with_a_filter_stays_on_the_processor(writer: LanguageModel) -> None:
    """A function of this process cannot be sent to another."""

    def none(_: str, __: Request) -> Iterator[list[Step] | FinishReason]:
        raise AssertionError("a GPU was asked for")

    class All:
        def allowed(self) -> TokenSet | None:
            return None

        def accept(self, token: int) -> None:
            """Any token may follow any other."""

    engine = ZeroGpuEngine(writer.engine.model, GENERATOR, decoder=none)
    with engine.submit(Request(prompt=(5, 6), max_new_tokens=3, new_filter=All)) as stream:
        assert len(list(stream)) == 3
    engine.close()


def test_no_gpu_is_told_in_a_sentence(writer: LanguageModel) -> None:
    """Whatever the package raises: none is free, the share is used up, the process ended."""

    def none(_: str, __: Request) -> Iterator[list[Step] | FinishReason]:
        yield [Step(5, -1.0)]
        raise RuntimeError("GPU task aborted")

    engine = ZeroGpuEngine(writer.engine.model, GENERATOR, decoder=none)
    stream = engine.submit(REQUEST)
    steps: list[Step] = []
    with pytest.raises(DeviceError, match="gpu_unavailable"):
        steps.extend(stream)
    engine.close()


def test_stop_does_not_wait_for_a_gpu(writer: LanguageModel) -> None:
    """None may be free for a minute; the call is closed when one is."""
    asked, free, closed = threading.Event(), threading.Event(), threading.Event()

    def later(_: str, __: Request) -> Iterator[list[Step] | FinishReason]:
        try:
            asked.set()
            free.wait(20)
            yield [Step(5, -1.0)]
            raise AssertionError("it went on")
        finally:
            closed.set()

    engine = ZeroGpuEngine(writer.engine.model, GENERATOR, decoder=later)
    stream = engine.submit(REQUEST)
    assert asked.wait(20)
    stream.close()
    assert stream.take(20) is None
    assert stream.finish_reason is FinishReason.STOPPED
    free.set()
    assert closed.wait(20)
    engine.close()


def test_small_models_and_other_machines_use_no_zero_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled ones are faster than the way to the GPU. A call asks for a bounded time."""
    assert not zero_gpu.is_worth_it(GENERATOR)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert not zero_gpu.is_worth_it(GENERATOR)
    assert choose_device("auto").type != "cuda"
    with pytest.raises(DeviceError, match="device_missing"):
        choose_device("cuda")
    assert seconds_for("", REQUEST) < seconds_for("", Request((1,), max_new_tokens=500)) <= 120


@pytest.mark.long
@pytest.mark.skipif(torch.version.cuda is None, reason="the package spaces wants PyTorch's build for CUDA")
def test_the_start_reports_a_function_for_the_gpu(tmp_path: Path) -> None:
    """Without the report a Space ends with "No @spaces.GPU function detected during startup"."""
    asked: list[str] = []

    class Devices(SilentHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.answer(200)

    with http_server(Devices) as server:
        space = {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": server.url,
            "SYSTEM": "spaces",
            "SPACE_ID": "someone/llama",
            "SPACE_HOST": "someone-llama.hf.space",
        }
        app = start(tmp_path, env=space)
        try:
            health = httpx.get(f"{app.url}/healthz", headers={"Host": "someone-llama.hf.space"}).json()
            assert health["status"] == "ok"
            assert asked == ["/startup-report"]
        finally:
            app.stop()
    assert not [line for line in app.log if "Traceback" in line], "\n".join(app.log)
