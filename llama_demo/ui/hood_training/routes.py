"""Routes of the live training: the stream of a training, and the download of its model."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.live_training.service import LiveTrainingService, TrainingRequest
from llama_demo.ui.calls import Call
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.hood_training.schemas import TrainedModelRequest, TrainingLine, TrainRequest
from llama_demo.ui.hood_training.serializers import serialize_training
from llama_demo.ui.hood_training.server import training_key
from llama_demo.ui.http_routes import Upload, UploadLimit, file_response

ARRIVING = 16
"""Texts that may be on their way at the same time."""

SLOWEST = 60.0
"""Seconds in which a text has to arrive."""

ARCHIVE = "tiny-llama.zip"


def routes(training: LiveTrainingService, handlers: Handlers) -> list[Route]:
    """The route that trains and the one that answers with the trained model."""
    limit = UploadLimit(
        bytes=0,
        too_large=InputError("training_too_large"),
        files=0,
        seconds=SLOWEST,
        queue=BoundedQueue(at_once=ARRIVING, waiting=0, full="training_busy"),
    )

    async def train(upload: Upload[TrainRequest]) -> Response:
        return handlers.files.stream(upload.call.visit, _lines, training, upload.call, upload.request)

    async def model(call: Call, request: TrainedModelRequest) -> Response:
        data = await run_in_threadpool(training.archive, call.visit, request.id)
        return file_response(ARCHIVE, "application/zip", data)

    return [
        handlers.files.upload("/hood/train", TrainRequest, train, limit=limit),
        handlers.files.download("/hood/train/model", TrainedModelRequest, model),
    ]


def _lines(
    training: LiveTrainingService, call: Call, request: TrainRequest
) -> Generator[TrainingLine, None, None]:
    asked = TrainingRequest(request.text, request.prompt, request.overfit, request.seed)
    with closing(training.train(call.visit, asked, key=training_key(call))) as updates:
        for update in updates:
            yield serialize_training(update, request.characters)
