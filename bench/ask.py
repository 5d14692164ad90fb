"""How long an answer from a library takes: ``python -m bench.ask [CHUNKS]``.

Fills a collection with 1,000 generated chunks of 120 words or characters, Chinese and English, asks it
questions made of a few words of them, and prints the time from the question to the last update, history
included.
"""

from __future__ import annotations

import random
import sys
import time

import torch

from bench.cases import COLLECTION, HOME, MODELS, shelved
from bench.history import stories
from bench.search import spread
from llama_demo.services.answering.answer import AnswerRequest, Subject
from llama_demo.services.answering.service import AnswerService
from llama_demo.training.reader.corpus import Passage

CHUNKS, QUESTIONS = 1_000, 60


def main() -> None:
    """Measure and print."""
    chunks = int(sys.argv[1]) if len(sys.argv) > 1 else CHUNKS
    torch.set_num_threads(2)
    texts = stories(random.Random(1))
    with shelved(MODELS / "reader") as shelf:
        shelf.shelve(Passage(next(texts), str(number)) for number in range(chunks))
        times = [_asked(shelf.answering, question) for question in questions()]
    print(f"an answer from {chunks:,} chunks: {spread(times[1:])}")


def questions() -> list[str]:
    """The first loads what is needed and is not counted."""
    dice, texts = random.Random(2), stories(random.Random(3))
    asked = []
    for text in (next(texts) for _ in range(QUESTIONS + 1)):
        words = text.split() if " " in text else list(text)
        begin = dice.randrange(len(words) - 8)
        part = words[begin : begin + 8]
        asked.append(f"What about {' '.join(part)}?" if " " in text else f"{''.join(part)}是什么？")
    return asked


def _asked(answering: AnswerService, question: str) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    *_, last = answering.ask(HOME, AnswerRequest(question, Subject(collection=COLLECTION)))
    assert last.status == "done"
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
