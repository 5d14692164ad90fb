"""Server functions of the live training; the training itself is a stream of :mod:`.routes`."""

from __future__ import annotations

from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.live_training.word_step import WordStepService
from llama_demo.ui.calls import Call
from llama_demo.ui.hood_training.schemas import (
    ContinueTrainedRequest,
    ContinueTrainedResponse,
    WordStepRequest,
    WordStepResponse,
)
from llama_demo.ui.hood_training.serializers import serialize_word_step


def training_key(call: Call) -> str:
    """Names the training of a page."""
    return f"{call.page} training" if call.page else ""


class TrainingServer:
    """What the step of the live training asks for."""

    def __init__(self, training: LiveTrainingService, words: WordStepService) -> None:
        self._training = training
        self._words = words

    def stop_training(self, call: Call) -> None:
        """Stop the training of this page."""
        self._training.stop(training_key(call))

    def continue_trained(self, call: Call, request: ContinueTrainedRequest) -> ContinueTrainedResponse:
        """What a model that was trained here writes behind a prompt."""
        text = self._training.continue_text(
            call.visit, request.id, request.prompt, temperature=request.temperature, seed=request.seed
        )
        return ContinueTrainedResponse(text=text)

    def take_word_step(self, _: Call, request: WordStepRequest) -> WordStepResponse:
        """One step of gradient descent on a single word, on a copy of the model."""
        return serialize_word_step(self._words.take(request.context, request.word, rate=request.rate))
