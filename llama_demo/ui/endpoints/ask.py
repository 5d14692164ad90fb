"""``/ask``: a question about a text or documents, or open chat."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from llama_demo.errors import InputError
from llama_demo.services.answering.answer import AnswerRequest, AnswerUpdate, Subject, TextPart, Variant
from llama_demo.services.visits import Visit
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services
from llama_demo.ui.texts import catalogue


def register(services: Services, handlers: Handlers) -> None:
    """Register the endpoint."""

    def ask(
        visit: Visit,
        question: str,
        passage: str = "",
        collection: str = "",
        answerer: str = "auto",
        model: str = "",
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Answer a question from a passage, or from the documents of a collection; with neither, chat.

        confidence is that of an extractive answer, 0 to 1; where calibrated is true, it is the share of such
        answers that are right. start and end are positions in the evidence's text, both 0 if the exact
        words of the answer are not there.

        Args:
            question: What is asked.
            passage: The text in which the answer is looked for.
            collection: The collection of the library in which it is looked for, such as sample.
            answerer: extractive marks the answer in a passage, generative writes it, auto is what the models
                allow.
            model: Name of a model, as /models has it; empty for the default one.

        Returns:
            answer: The answer, or a sentence that says that there is none.
            info: How sure the model is, and the passages of the answer.
        """
        if passage.strip() and collection.strip():
            raise InputError("ask_two_subjects")
        subject = Subject((TextPart(passage),) if passage.strip() else (), collection.strip())
        request = AnswerRequest(question, subject, Variant(answerer, model=model))  # type: ignore[arg-type]
        stream = services.answering.ask(visit, request)
        with closing(stream):
            for update in stream:
                yield _answer(visit, update), _info(update)

    handlers.offer(ask)


def _answer(visit: Visit, update: AnswerUpdate) -> str:
    """The answer, or the sentence for a question without one."""
    if update.answerable or update.text:
        return update.text
    return catalogue(visit.language)("answers.none")


def _info(update: AnswerUpdate) -> dict[str, Any]:
    return {
        "answerable": update.answerable,
        "confidence": update.confidence,
        "calibrated": update.calibrated,
        "model": update.model,
        "evidence": [
            {
                "document": one.document,
                "page": one.page,
                "text": one.text,
                "start": one.start,
                "end": one.end,
            }
            for one in update.evidence
        ],
    }
