"""Teaching verses to rhyme: which characters answer another's sound, and what it costs to miss it.

They are one to four of a poem, and hundreds would do in the place of each. Beside all other tokens a small
model never learns them; so at their places it is asked once more, and only for the sound.
"""

from __future__ import annotations

from collections.abc import Mapping

import sentencepiece
import torch
from torch import Tensor

from llama_demo.training.generator.rhymes import Sound

WEIGHT = 12.0  # of a missed sound beside the cross-entropy of one token
MOST = 256  # places of a step that are asked about; batches of one size are compiled once


class RhymeMarks:
    """Finds the tokens that rhyme, and numbers their sounds from 1.

    Attributes:
        members: (sounds, V), which token has which sound and no other.

    Args:
        assistant: the id behind which an answer begins.
        eos: the id that ends a text.
    """

    def __init__(
        self,
        pieces: sentencepiece.SentencePieceProcessor,
        sounds: Mapping[str, frozenset[Sound]],
        *,
        assistant: int,
        eos: int,
    ) -> None:
        self._sounds = {pieces.piece_to_id(character): own for character, own in sounds.items()}
        self._sounds.pop(pieces.unk_id(), None)
        self._breaks = {pieces.piece_to_id(mark) for mark in "，。！？；：、"} | {*pieces.encode("\n"), eos}
        self._assistant = assistant
        names = sorted({sound for own in self._sounds.values() for sound in own})
        self._numbers = {sound: number for number, sound in enumerate(names, start=1)}
        self.members = torch.zeros(len(names) + 1, pieces.get_piece_size(), dtype=torch.bool)
        self.members[0] = True
        for token, own in self._sounds.items():
            # Characters of several readings would be the answer to everything.
            if len(own) == 1:
                self.members[self._numbers[min(own)], token] = True

    def __call__(self, ids: list[int]) -> list[int]:
        """For each token of a document the number of the sound that it repeats, 0 for most."""
        marks = [0] * len(ids)
        begin = ids.index(self._assistant) if self._assistant in ids else 0
        ends = [
            place
            for place in range(begin + 1, len(ids) - 1)
            if ids[place + 1] in self._breaks and ids[place] not in self._breaks
        ]
        # The first line may rhyme, every second one does.
        shared: frozenset[Sound] = frozenset()
        for place in [*ends[:1], *ends[1::2]]:
            own = self._sounds.get(ids[place], frozenset())
            if shared & own:
                shared &= own
                number = self._numbers[min(shared)]
                marks[place] = number if self.members[number, ids[place]] else 0
            elif place in ends[:2]:
                shared = own
        return marks


def asked_places(marks: Tensor) -> tuple[Tensor, Tensor]:
    """Where ``marks`` (B, T) has sounds, as places of the flattened batch, and which; both (MOST)."""
    flat = marks.flatten()
    found = flat.nonzero()[:MOST, 0]
    places, sounds = torch.zeros(2, MOST, dtype=torch.long)
    places[: len(found)], sounds[: len(found)] = found, flat[found]
    return places, sounds


def missed_sounds(logits: Tensor, places: Tensor, sounds: Tensor, members: Tensor) -> Tensor:
    """The summed cross-entropy of the right sounds, ``-log(sum of p over the characters that have it)``.

    Args:
        logits: (B * T, V)
        places, sounds: as of :func:`asked_places`; sound 0 costs nothing, since every token has it.
        members: (sounds, V), which token has which sound.
    """
    asked = logits[places].float()  # (MOST, V)
    right = asked.masked_fill(~members[sounds], float("-inf"))
    return (asked.logsumexp(-1) - right.logsumexp(-1)).sum()
