"""Extractive reading: a question and passages in, spans of possible answers out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llama_demo.engine.checkpoint import Progress, count_parameters, no_progress
from llama_demo.engine.devices import choose_device, choose_dtype
from llama_demo.engine.reading import ReadingEngine, SpanLogits, Window, load_reading_engine
from llama_demo.errors import InputError
from llama_demo.normal_form import normalise
from llama_demo.tasks.confidence import UNFITTED, Scale, read_scales
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces
from llama_demo.text.tokenizers.pieces import Pieces, PieceTokenizer
from llama_demo.unicode import replace_lone_surrogates

# Overlap of neighbouring windows, so that an answer at an edge is whole in one of them.
OVERLAP = 0.25
# Most tokens of an answer.
LONGEST_ANSWER = 40
# Largest share of a window's tokens that the question may take.
_QUESTION_SHARE = 0.5


@dataclass(frozen=True)
class Reader:
    """A model that marks answers in passages, loaded.

    Attributes:
        name: as programs and the history call it.
        longest: most tokens of a question with its passage, special tokens included.
        scales: how its scores become confidence, for each source of passages.
    """

    name: str
    engine: ReadingEngine
    tokenizer: PieceTokenizer
    longest: int
    scales: Mapping[str, Scale] = field(default_factory=lambda: UNFITTED)


@dataclass(frozen=True)
class Answer:
    """A part of a passage: ``text == passages[passage][start:end]``.

    Attributes:
        score: the sum of the logits of its first and last token.
        probability: among all spans of all passages and "no answer".
    """

    passage: int
    start: int
    end: int
    text: str
    score: float
    probability: float


@dataclass(frozen=True)
class SpanPredictions:
    """The best answers, and the strength of "no answer".

    Attributes:
        answers: best first; none overlaps a better one.
        nothing_score: the lowest score of "no answer" among the passages, on the scale of an answer's
            score.
        nothing_probability: that of "no answer".
        windows: number of windows that were read.
    """

    answers: tuple[Answer, ...]
    nothing_score: float
    nothing_probability: float
    windows: int = 0

    @property
    def answerable(self) -> bool:
        """Whether the best answer is likelier than "no answer"."""
        return bool(self.answers) and self.answers[0].score > self.nothing_score


def load_reader(
    folder: Path, *, device: str = "auto", dtype: str = "auto", progress: Progress = no_progress
) -> Reader:
    """Load a folder: BERT or XLM-R with a span head, or the bundled reader.

    Raises:
        CheckpointError: it cannot be loaded, or is another kind of model.
        DeviceError: there is no such device.
    """
    place = choose_device(device)
    precision = choose_dtype(dtype, place, count_parameters(folder))
    engine = load_reading_engine(folder, device=place, dtype=precision, progress=progress)
    tokenizer = load_pieces(folder, engine.rows)
    return Reader(folder.resolve().name, engine, tokenizer, engine.longest, read_scales(folder))


def read(reader: Reader, question: str, passages: Sequence[str], *, best: int = 3) -> SpanPredictions:
    """The likeliest answers to ``question`` in any of ``passages``, which are read in windows.

    Raises:
        InputError: the question is empty, or too long to leave room for a passage.
        DeviceError: there was not enough memory.
    """
    return _choose(_read(reader, question, passages, lambda: False), passages, best)


def read_each(
    reader: Reader,
    question: str,
    passages: Sequence[str],
    *,
    best: int = 3,
    stopped: Callable[[], bool] = lambda: False,
) -> list[SpanPredictions]:
    """The likeliest answers of each passage, read by itself; raises as :func:`read`.

    Args:
        stopped: called between batches of windows; once it returns true, the rest is not read.
    """
    windows = _read(reader, question, passages, stopped)
    return [
        _choose([each for each in windows if each.view.passage == place], passages, best)
        for place in range(len(passages))
    ]


def _read(
    reader: Reader, question: str, passages: Sequence[str], stopped: Callable[[], bool]
) -> list[_Spans]:
    """The span scores of the windows that were read before ``stopped`` returned true."""
    if not question.strip():
        raise InputError("question_empty")
    asked = _pieces(reader, [question])[0]
    limit = int(reader.longest * _QUESTION_SHARE)
    if len(asked) > limit:
        raise InputError("sentence_too_long", tokens=len(asked), limit=limit)
    pieces = _pieces(reader, passages)
    views = [view for i, each in enumerate(pieces) for view in _views(reader, asked, i, each)]
    logits = dict(reader.engine.read([view.window for view in views], stopped=stopped))
    return [_spans(view, logits[i]) for i, view in enumerate(views) if i in logits]


def _pieces(reader: Reader, texts: Sequence[str]) -> list[Pieces]:
    """The pieces of texts in normal form, with their places in the texts as they are."""
    normal = [normalise(replace_lone_surrogates(text)) for text in texts]
    return [
        Pieces(pieces.ids, tuple(each.original_span(*offset) for offset in pieces.offsets))
        for each, pieces in zip(normal, reader.tokenizer.pieces([each.text for each in normal]), strict=True)
    ]


@dataclass(frozen=True)
class _View:
    """A window of a passage; its pieces follow ``begin`` tokens of the question."""

    window: Window
    passage: int
    pieces: Pieces
    begin: int


def _views(reader: Reader, question: Pieces, passage: int, pieces: Pieces) -> Iterator[_View]:
    frame = reader.tokenizer.frame
    room = reader.longest - len(question) - frame.pair
    step = max(1, int(room * (1 - OVERLAP)))
    for start in range(0, max(len(pieces), 0), step):
        part = pieces.cut(start, start + room)
        framed = frame.two(question, part)
        yield _View(Window(framed.ids, framed.types), passage, part, framed.second)
        if start + room >= len(pieces):
            return


@dataclass(frozen=True)
class _Spans:
    """The spans of one window: scores (first piece, last piece), minus infinity where no span is possible."""

    view: _View
    scores: NDArray[np.float32]
    nothing: float


def _spans(view: _View, logits: SpanLogits) -> _Spans:
    here = slice(view.begin, view.begin + len(view.pieces))
    scores = logits.starts[here, None] + logits.ends[None, here]
    places = np.arange(len(view.pieces))
    length = places[None, :] - places[:, None] + 1
    scores = np.where((length >= 1) & (length <= LONGEST_ANSWER), scores, -np.inf)
    # By convention the first token, which is no piece of the passage, stands for "no answer".
    return _Spans(view, scores, float(logits.starts[0] + logits.ends[0]))


def _choose(windows: Sequence[_Spans], passages: Sequence[str], best: int) -> SpanPredictions:
    if not windows:
        return SpanPredictions((), 0.0, 1.0)
    nothing = min(window.nothing for window in windows)
    every = np.concatenate([window.scores.ravel() for window in windows] + [np.array([nothing])])
    peak = float(every.max())
    total = peak + float(np.log(np.exp(every - peak).sum()))
    answers: list[Answer] = []
    for score, window, first, last in _ranked(windows, best):
        start, end = window.view.pieces.offsets[first][0], window.view.pieces.offsets[last][1]
        text = passages[window.view.passage][start:end]
        blank = len(text) - len(text.lstrip())
        answer = Answer(
            window.view.passage, start + blank, end, text[blank:], score, float(np.exp(score - total))
        )
        if answer.text and not any(_overlap(answer, better) for better in answers):
            answers.append(answer)
        if len(answers) == best:
            break
    return SpanPredictions(tuple(answers), nothing, float(np.exp(nothing - total)), len(windows))


def _ranked(windows: Sequence[_Spans], best: int) -> Iterator[tuple[float, _Spans, int, int]]:
    """The likeliest spans of all windows, best first; more than needed, as overlapping ones are dropped."""
    found = []
    for window in windows:
        flat = window.scores.ravel()
        count = min(len(flat), 40 * best)
        for place in np.argpartition(-flat, count - 1)[:count]:
            if np.isfinite(flat[place]):
                found.append((float(flat[place]), window, *divmod(int(place), window.scores.shape[1])))
    yield from sorted(found, key=lambda each: -each[0])


def _overlap(one: Answer, other: Answer) -> bool:
    return one.passage == other.passage and one.start < other.end and other.start < one.end
