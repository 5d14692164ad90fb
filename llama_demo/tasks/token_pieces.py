"""The tokens of a text, each with its characters: what a model reads instead of words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llama_demo.engine.reading import Window
from llama_demo.errors import InputError
from llama_demo.normal_form import normal_text
from llama_demo.tasks.embed import SentenceEncoder
from llama_demo.tasks.read import Reader
from llama_demo.tasks.translate_sentences import Translator
from llama_demo.text.layout import on_one_line
from llama_demo.text.streaming import StreamingDecoder
from llama_demo.text.tokenizers.pieces import Pieces
from llama_demo.text.tokenizers.tokenizer import Tokenizer
from llama_demo.unicode import replace_lone_surrogates


@dataclass(frozen=True)
class TokenPiece:
    """A token.

    Attributes:
        text: its characters; empty for a mark, and for all but the last of the tokens that spell one
            character.
        name: as the vocabulary writes it.
    """

    id: int
    text: str
    name: str


@dataclass(frozen=True)
class TokenisedText:
    """A text as a model reads it, marks included.

    Attributes:
        part: what it is: ``text``, ``source``, ``target``, or ``pair`` for a question with its passage.
        cut: tokens that were left out at the end.
    """

    part: str
    pieces: tuple[TokenPiece, ...]
    cut: int = 0

    @property
    def ids(self) -> tuple[int, ...]:
        """Of all tokens."""
        return tuple(piece.id for piece in self.pieces)


def decoder_tokens(tokenizer: Tokenizer, ids: Sequence[int], *, most: int) -> TokenisedText:
    """The first ``most`` tokens of a decoder's text."""
    decoder = StreamingDecoder(tokenizer, [])
    pieces = [TokenPiece(one, decoder.add([one]), tokenizer.piece(one)) for one in ids[:most]]
    rest = decoder.finish()
    if rest and pieces:
        last = pieces[-1]
        pieces[-1] = TokenPiece(last.id, last.text + rest, last.name)
    return TokenisedText("text", tuple(pieces), max(0, len(ids) - most))


def source_tokens(translator: Translator, text: str, *, source: str, target: str, most: int) -> TokenisedText:
    """The first ``most`` tokens of a source, its marks among them.

    Raises:
        InputError: the translator does not know the direction.
    """
    line = on_one_line(replace_lone_surrogates(text))
    vocabulary = translator.vocabulary
    [pieces] = vocabulary.encode([line], source=source, target=target)
    over = max(0, len(pieces) - most)
    if over:  # the mark at the end stays
        pieces = _joined(pieces.cut(0, most - 1), pieces.cut(len(pieces) - 1, len(pieces)))
    return TokenisedText("source", _with_texts(pieces, line, vocabulary.source_piece), over)


def target_tokens(translator: Translator, ids: Sequence[int], *, target: str, most: int) -> TokenisedText:
    """The tokens that the decoder reads when it has written ``ids``: the start mark and they."""
    vocabulary = translator.vocabulary
    text, offsets = vocabulary.decode(ids)
    before = (translator.engine.model.config.start_id, *vocabulary.prefix(target))
    marks = Pieces(before, ((0, 0),) * len(before))
    pieces = _joined(marks, Pieces(tuple(ids), tuple(offsets)))
    over = max(0, len(pieces) - most)
    return TokenisedText("target", _with_texts(pieces.cut(0, most), text, vocabulary.target_piece), over)


def reader_tokens(
    reader: Reader, question: str, passage: str, *, most: int
) -> tuple[TokenisedText, Window, int]:
    """A question with the beginning of its passage, the window of both, and where the passage begins.

    Raises:
        InputError: the question alone is longer than ``most``.
    """
    texts = [normal_text(replace_lone_surrogates(text)) for text in (question, passage)]
    asked, read = reader.tokenizer.pieces(texts)
    frame = reader.tokenizer.frame
    room = min(most, reader.longest) - len(asked) - frame.pair
    if room < 1:
        raise InputError(
            "sentence_too_long", tokens=len(asked), limit=min(most, reader.longest) - frame.pair - 1
        )
    part = read.cut(0, room)
    framed = frame.two(asked, part)
    named = reader.tokenizer.piece
    pieces = (
        *_marks(frame.before, named),
        *_with_texts(asked, texts[0], named),
        *_marks(frame.between, named),
        *_with_texts(part, texts[1], named),
        *_marks(frame.after, named),
    )
    window = Window(framed.ids, framed.types)
    return TokenisedText("pair", pieces, len(read) - len(part)), window, framed.second


def encoder_tokens(encoder: SentenceEncoder, text: str, *, most: int) -> TokenisedText:
    """The first ``most`` tokens of a sentence encoder's text, marks included."""
    text = normal_text(replace_lone_surrogates(text))
    [pieces] = encoder.tokenizer.pieces([text])
    frame, named = encoder.tokenizer.frame, encoder.tokenizer.piece
    part = pieces.cut(0, max(1, min(most, encoder.engine.longest) - frame.single))
    shown = (
        *_marks(frame.before, named),
        *_with_texts(part, text, named),
        *_marks(frame.after, named),
    )
    return TokenisedText("text", shown, len(pieces) - len(part))


def _joined(one: Pieces, other: Pieces) -> Pieces:
    return Pieces(one.ids + other.ids, one.offsets + other.offsets)


def _marks(ids: Sequence[int], named: Callable[[int], str]) -> tuple[TokenPiece, ...]:
    return tuple(TokenPiece(one, "", named(one)) for one in ids)


def _with_texts(pieces: Pieces, text: str, named: Callable[[int], str]) -> tuple[TokenPiece, ...]:
    return tuple(
        TokenPiece(one, text[start:end], named(one))
        for one, (start, end) in zip(pieces.ids, pieces.offsets, strict=True)
    )
