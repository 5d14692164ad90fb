"""The generator's vocabulary: English in pieces, Chinese by the character, all else by the byte."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable

from llama_demo.training.vocabulary_file import train_sentencepiece

# Marks of the chat template. Control pieces are never produced from text, so nobody can type one.
USER, ASSISTANT = "<|user|>", "<|assistant|>"
_HAN = re.compile(r"[　-〿㐀-鿿＀-￯‘-”…—]")


def chinese_alphabet(modern_texts: Iterable[str], poems: Iterable[str], size: int) -> frozenset[str]:
    """The ``size`` most frequent Chinese characters, those of modern texts before those of poems."""
    modern = Counter(character for text in modern_texts for character in text if _HAN.match(character))
    classical = Counter(character for text in poems for character in text if _HAN.match(character))
    everyday = {character for character, count in modern.items() if count >= 3}
    poetic = [character for character, _ in classical.most_common() if character not in everyday]
    return frozenset(everyday) | frozenset(poetic[: size - len(everyday)])


def train_vocabulary(texts: Iterable[str], alphabet: frozenset[str], size: int) -> bytes:
    """Train a byte-pair vocabulary (Sennrich et al. 2016, arXiv:1508.07909) with byte fallback.

    Chinese characters are pieces of their own and never merged: a verse of five characters is five
    tokens, which makes a poem's form easy to keep.

    Args:
        texts: what merges are learnt from; texts with characters of ``alphabet`` teach none.
        alphabet: characters that get a piece each.
        size: pieces in all, 256 bytes and 5 marks included.

    Returns:
        A serialized SentencePiece model.
    """
    lines = (line for text in texts for line in text.splitlines() if line and not _HAN.search(line))
    return train_sentencepiece(
        lines,
        model_type="bpe",
        vocab_size=size,
        byte_fallback=True,
        character_coverage=0.9999,
        required_chars="".join(
            sorted(alphabet | set(string.ascii_letters + string.digits + string.punctuation))
        ),
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=False,
        split_digits=True,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        pad_id=-1,
        control_symbols=[USER, ASSISTANT],
    )
