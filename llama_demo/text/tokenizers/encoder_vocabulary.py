"""Finding the vocabulary of an encoder's folder."""

from __future__ import annotations

from pathlib import Path

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_bytes, read_optional_json
from llama_demo.text.tokenizers.pieces import FastPieces, PieceTokenizer
from llama_demo.text.tokenizers.sentencepieces import FairseqPieces, SentencePieces
from llama_demo.text.tokenizers.wordpiece import read_wordpiece

_FILES = ("tokenizer.json", "vocab.txt", "sentencepiece.bpe.model", "tokenizer.model")


def load_pieces(folder: Path, vocab_size: int, *, lower: bool = False) -> PieceTokenizer:
    """The vocabulary of a folder: the first of its files that is there.

    Args:
        vocab_size: rows of the model's embedding; a vocabulary with more ids cannot be its own.
        lower: put texts into small letters first, whatever the vocabulary does.

    Raises:
        CheckpointError: there is no vocabulary, it is broken, or it belongs to another model.
    """
    file = next((name for name in _FILES if (folder / name).exists()), None)
    if file is None:
        raise CheckpointError("file_missing", folder=str(folder), file=" / ".join(_FILES))
    tokenizer = _read(folder, file, lower)
    if tokenizer.size > vocab_size:
        raise CheckpointError("tokenizer_misfit", tokens=tokenizer.size, rows=vocab_size)
    return tokenizer


def _read(folder: Path, file: str, lower: bool) -> PieceTokenizer:
    if file == "tokenizer.json":
        return FastPieces.from_file(folder / file, lower=lower)
    if file == "vocab.txt":
        settings = read_optional_json(folder / "tokenizer_config.json")
        accents = settings.get("strip_accents")
        return read_wordpiece(
            folder / file,
            lower=lower or settings.get("do_lower_case") is not False,
            strip_accents=accents if isinstance(accents, bool) else None,
        )
    if file == "sentencepiece.bpe.model":
        return FairseqPieces(read_bytes(folder / file))
    pieces = SentencePieces(read_bytes(folder / file))
    settings = read_optional_json(folder / "tokenizer_config.json")
    begin, end = settings.get("cls_token"), settings.get("sep_token")
    return pieces.marked(begin, end) if isinstance(begin, str) and isinstance(end, str) else pieces
