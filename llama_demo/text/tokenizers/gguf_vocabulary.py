"""The vocabulary, marks and chat template that a GGUF file carries in its metadata."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import tokenizers
from tokenizers import AddedToken, decoders, models, normalizers, pre_tokenizers, processors

from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import GgufFile, Scalar
from llama_demo.text.tokenizers import vocabulary_settings
from llama_demo.text.tokenizers.fast_file import prepare
from llama_demo.text.tokenizers.fast_tokenizer import FastTokenizer
from llama_demo.text.tokenizers.sentencepiece_model import serialize_model
from llama_demo.text.tokenizers.sentencepiece_tokenizer import SentencePieceTokenizer
from llama_demo.text.tokenizers.vocabulary_settings import VocabularySettings

_KEY = "tokenizer.ggml."
_MOST_TOKENS = 1_000_000
# How texts are cut before their pieces are merged, in the patterns of the checkpoints' own tokenizer.json.
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA, _QWEN = _WORDS % "{1,3}", _WORDS % ""
_CASED = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_TEKKEN = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_CASED[0]}*{_CASED[1]}+|[^\r\n\p{{L}}\p{{N}}]?{_CASED[0]}+{_CASED[1]}*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Marks that end a turn; a file names one of them at most.
_ENDS = (
    "<|eot_id|>",
    "<|eom_id|>",
    "<|im_end|>",
    "<|end|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<EOT>",
)


class _Kind(IntEnum):
    """What a token is, by the number that both GGUF and SentencePiece have for it."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


@dataclass(frozen=True)
class _Cutting:
    """How a byte-level vocabulary cuts a text.

    Attributes:
        pattern: of the pieces; empty for those of GPT-2.
        digits: whether each digit is a piece of its own.
        whole: whether a piece that is a token is not merged from smaller ones.
        composed: whether letters are composed first.
        begins: whether texts begin with a mark where the file does not say.
    """

    pattern: str = ""
    digits: bool = False
    whole: bool = False
    composed: bool = False
    begins: bool = False


_CUTTINGS: Mapping[str, _Cutting] = {
    **dict.fromkeys(("llama-bpe", "llama3", "llama-v3"), _Cutting(_LLAMA, whole=True, begins=True)),
    **dict.fromkeys(("smaug-bpe", "dbrx"), _Cutting(_LLAMA)),
    **dict.fromkeys(("qwen2", "deepseek-r1-qwen", "megrez"), _Cutting(_QWEN, composed=True)),
    "stablelm2": _Cutting(_QWEN),
    "tekken": _Cutting(_TEKKEN, whole=True, begins=True),
    **dict.fromkeys(("smollm", "starcoder", "refact", "command-r"), _Cutting(digits=True)),
    **dict.fromkeys(("gpt-2", "phi-2", "olmo"), _Cutting()),
}


def read_gguf_settings(file: GgufFile) -> VocabularySettings:
    """What a file says about its vocabulary beside the vocabulary itself.

    Raises:
        CheckpointError: it is broken, or a kind of vocabulary that is not supported.
    """
    check_vocabulary(file)
    tokens = _Tokens(file)
    ends = {tokens.id(name) for name in ("eos", "eot", "eom")} | tokens.ends()
    named = {f"{ours}_token": tokens.id(theirs) for ours, theirs in _NAMED.items()}
    ids = [one for one in (*named.values(), *ends) if one is not None]
    return VocabularySettings(
        add_begin=_flag(file, "add_bos_token"),
        add_end=_flag(file, "add_eos_token"),
        named={name: tokens.texts[i] for name, i in named.items() if i is not None},
        added=tokens.added(),
        end_ids=frozenset(i for i in ends if i is not None),
        largest_id=max(ids, default=-1),
        chat_template=file.text("tokenizer.chat_template") or None,
    )


_NAMED = {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}
# Of a SentencePiece vocabulary that does not say it.
_USUAL = {"unknown": 0, "bos": 1, "eos": 2}


def load_gguf_tokenizer(file: GgufFile) -> FastTokenizer | SentencePieceTokenizer:
    """The vocabulary of a file; raises as :func:`read_gguf_settings` does."""
    settings, tokens = read_gguf_settings(file), _Tokens(file)
    if file.text(f"{_KEY}model") == "llama":
        return SentencePieceTokenizer(_sentencepiece_model(file, tokens), settings)
    return FastTokenizer(prepare(lambda: _byte_level(file, tokens, settings), file.path.name), settings)


def check_vocabulary(file: GgufFile) -> None:
    """Check that a file has a vocabulary of a kind that is read.

    Raises:
        CheckpointError: ``file_broken`` without one, ``gguf_vocabulary`` for another kind.
    """
    kind, cutting = file.text(f"{_KEY}model"), file.text(f"{_KEY}pre")
    if not kind:
        raise CheckpointError("file_broken", file=file.path.name, detail="it has no vocabulary")
    if kind not in ("llama", "gpt2"):
        raise CheckpointError("gguf_vocabulary", file=file.path.name, kind=kind[:40])
    if kind == "gpt2" and _cutting(file) is None:
        raise CheckpointError("gguf_vocabulary", file=file.path.name, kind=(cutting or "gpt2")[:40])


def _cutting(file: GgufFile) -> _Cutting | None:
    """How texts are cut; files of before 2024-04 do not say it, and those of Qwen2 have one way."""
    named = file.text(f"{_KEY}pre") or ("qwen2" if file.architecture == "qwen2" else "")
    return _CUTTINGS.get(named)


def _flag(file: GgufFile, name: str) -> bool | None:
    value = file.metadata.get(_KEY + name)
    return None if value is None else bool(value)


class _Tokens:
    """The tokens of a file with their kinds.

    Raises:
        CheckpointError: ``file_broken``; the lists are of different lengths, or hold something else.
    """

    def __init__(self, file: GgufFile) -> None:
        self._file = file
        self.texts = [str(text) for text in file.array(f"{_KEY}tokens")]
        kinds = file.array(f"{_KEY}token_type") or [_Kind.NORMAL] * len(self.texts)
        if not 0 < len(self.texts) <= _MOST_TOKENS or len(kinds) != len(self.texts):
            raise self.broken(f"{len(self.texts)} tokens and {len(kinds)} kinds")
        self.kinds = [self._kind(kind) for kind in kinds]

    def _kind(self, kind: Scalar) -> _Kind:
        try:
            return _Kind(int(kind))
        except ValueError:
            raise self.broken(f"a token of kind {kind}") from None

    def id(self, name: str) -> int | None:
        """The id of a mark, such as ``bos``."""
        value = self._file.metadata.get(f"{_KEY}{name}_token_id")
        if value is None and self._file.metadata.get(f"{_KEY}model") == "llama":
            value = _USUAL.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(self.texts):
            raise self.broken(f"{name}_token_id {value} of {len(self.texts)}")
        return value

    def ends(self) -> set[int | None]:
        """Marks that are known to end a turn."""
        return {
            i
            for i, (text, kind) in enumerate(zip(self.texts, self.kinds, strict=True))
            if kind == _Kind.CONTROL and text in _ENDS
        }

    def added(self) -> dict[str, vocabulary_settings.AddedToken]:
        """Tokens that are looked for before a text is cut, and that are no marks."""
        return {
            text: vocabulary_settings.AddedToken(i, special=False)
            for i, (text, kind) in enumerate(zip(self.texts, self.kinds, strict=True))
            if kind == _Kind.USER_DEFINED
        }

    def broken(self, detail: str) -> CheckpointError:
        return CheckpointError("file_broken", file=self._file.path.name, detail=detail)


def _sentencepiece_model(file: GgufFile, tokens: _Tokens) -> bytes:
    """A ``tokenizer.model`` that cuts texts as the one did that the file was made of."""
    scores = [float(score) for score in file.array(f"{_KEY}scores")]
    if len(scores) != len(tokens.texts) or not all(map(math.isfinite, scores)):
        raise tokens.broken(f"{len(tokens.texts)} tokens and {len(scores)} scores")
    kinds = list(tokens.kinds)
    unknown = tokens.id("unknown")
    assert unknown is not None
    kinds = [_Kind.CONTROL if kind == _Kind.UNKNOWN else kind for kind in kinds]
    kinds[unknown] = _Kind.UNKNOWN
    pieces = []
    for text, score, kind in zip(tokens.texts, scores, kinds, strict=True):
        if kind == _Kind.USER_DEFINED:  # found in the text beforehand
            pieces.append((text.replace(" ", "▁"), score, _Kind.UNUSED))
        else:
            pieces.append((text, score, kind))
    marks = {name: tokens.texts[i] for name in ("bos", "eos") if (i := tokens.id(name)) is not None}
    blank = file.metadata.get(f"{_KEY}add_space_prefix", True)
    return serialize_model(pieces, unknown=tokens.texts[unknown], marks=marks, blank_in_front=bool(blank))


def _byte_level(file: GgufFile, tokens: _Tokens, settings: VocabularySettings) -> tokenizers.Tokenizer:
    cutting = _cutting(file)
    assert cutting is not None
    used = {text: i for i, text in enumerate(tokens.texts) if tokens.kinds[i] != _Kind.UNUSED}
    merges = [
        (left, right)
        for merge in file.array(f"{_KEY}merges")
        for left, _, right in [str(merge).partition(" ")]
    ]
    fast = tokenizers.Tokenizer(models.BPE(used, merges, ignore_merges=cutting.whole))
    if cutting.composed:
        fast.normalizer = normalizers.NFC()
    fast.pre_tokenizer = pre_tokenizers.Sequence(_cutters(cutting))
    fast.decoder = decoders.ByteLevel()
    for kind, special in ((_Kind.CONTROL, True), (_Kind.UNKNOWN, True), (_Kind.USER_DEFINED, False)):
        texts = [text for text, one in zip(tokens.texts, tokens.kinds, strict=True) if one == kind and text]
        fast.add_tokens([AddedToken(text, special=special, normalized=False) for text in texts])
    begins = cutting.begins if settings.add_begin is None else settings.add_begin
    frame = [(name, add) for name, add in (("bos_token", begins), ("eos_token", settings.add_end))]
    fast.post_processor = _framed(frame, settings.named, used)
    return fast


def _cutters(cutting: _Cutting) -> list[pre_tokenizers.PreTokenizer]:
    if cutting.pattern:
        split = pre_tokenizers.Split(tokenizers.Regex(cutting.pattern), "isolated")
        return [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    digits = [pre_tokenizers.Digits(individual_digits=True)] if cutting.digits else []
    return [*digits, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]


def _framed(
    frame: Sequence[tuple[str, bool | None]], named: Mapping[str, str], ids: Mapping[str, int]
) -> processors.PostProcessor:
    """Put the marks around every text."""
    (begin, begins), (end, ends) = frame
    first = [named[begin]] if begins and begin in named else []
    last = [named[end]] if ends and end in named else []
    marks = [(mark, ids[mark]) for mark in {*first, *last}]
    return processors.TemplateProcessing(single=[*first, "$A", *last], special_tokens=marks)
