"""Marks the characters of a poem that rhyme with an earlier line.

A poem has one to four of them, and hundreds of characters would fit in the place of each.
"""

from __future__ import annotations

from collections.abc import Mapping

import sentencepiece
import torch

from llama_demo.training.generator.auxiliary_loss import FIRST_SOUND, Marked
from llama_demo.training.generator.rhymes import Sound


class RhymeMarks:
    """Finds the tokens that rhyme; sounds are numbered from :data:`~.auxiliary_loss.FIRST_SOUND`.

    Attributes:
        members: (marks, V), True where a token has this sound and no other; all True for marks that are no
            sound.

    Args:
        assistant: id of the token after which an answer begins.
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
        self._numbers = {sound: number for number, sound in enumerate(names, start=FIRST_SOUND)}
        self.members = torch.zeros(len(names) + FIRST_SOUND, pieces.get_piece_size(), dtype=torch.bool)
        self.members[:FIRST_SOUND] = True
        for token, own in self._sounds.items():
            # A character of several readings would count as a rhyme of each.
            if len(own) == 1:
                self.members[self._numbers[min(own)], token] = True

    def marked(self, ids: list[int]) -> Marked:
        """The document, and for each token the number of the sound that it repeats, or 0."""
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
        return ids, marks
