"""A ``vocab.txt`` of WordPieces (BERT and its descendants)."""

from __future__ import annotations

from pathlib import Path

import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_text
from llama_demo.text.tokenizers.pieces import FastPieces, SpecialTokenFrame

_UNKNOWN = "[UNK]"


def read_wordpiece(path: Path, *, lower: bool = True, strip_accents: bool | None = None) -> FastPieces:
    """Read a vocabulary, one piece a line.

    Args:
        lower: whether the model was trained on small letters only.
        strip_accents: whether accents are taken off; ``None`` does so where letters are made small.

    Raises:
        CheckpointError: the file cannot be read, or lacks a mark that the model needs.
    """
    lines = read_text(path).split("\n")
    vocabulary = {
        piece.rstrip("\r"): i for i, piece in enumerate(lines) if piece.rstrip("\r") or i < len(lines) - 1
    }
    missing = [mark for mark in ("[UNK]", "[CLS]", "[SEP]") if mark not in vocabulary]
    if missing:
        raise CheckpointError("file_broken", file=path.name, detail=f"lacks {', '.join(missing)}")
    fast = tokenizers.Tokenizer(models.WordPiece(vocabulary, unk_token=_UNKNOWN))
    fast.normalizer = normalizers.BertNormalizer(lowercase=lower, strip_accents=strip_accents)
    fast.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    fast.decoder = decoders.WordPiece()
    begin, end = vocabulary["[CLS]"], vocabulary["[SEP]"]
    return FastPieces(
        fast, frame=SpecialTokenFrame(before=(begin,), between=(end,), after=(end,), second_type=1)
    )
