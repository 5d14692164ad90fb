"""Serializers of the Translate tab; positions are in UTF-16 units, as browsers count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

from llama_demo.services.translation.dictionary import DictionaryEntry, Match
from llama_demo.services.translation.documents import DocumentTranslationProgress
from llama_demo.services.translation.glossary import TermPair
from llama_demo.services.translation.service import PlacedTerm, SentencePair
from llama_demo.span import Span
from llama_demo.tasks.align_words import WordAlignment
from llama_demo.tasks.translate_sentences import TranslationAlternative
from llama_demo.ui import markup
from llama_demo.ui.positions import units
from llama_demo.ui.translate.schemas import (
    AlignmentResponse,
    AlternativeItem,
    AlternativesResponse,
    DictionaryEntryItem,
    DocumentProgressLine,
    SentencePairItem,
    State,
    TermsResponse,
    WordResponse,
)

ENTRIES = 4
"""Most readings of a word that are shown."""
GLOSSES = 6


def serialize_pair(pair: SentencePair, source: str, translation: str, after: Span) -> SentencePairItem:
    """A sentence and its translation.

    Args:
        pair: the sentence.
        source: the whole text.
        translation: the whole translation.
        after: where the sentence before ends, in both texts.
    """
    (start, end), (begin, finish) = pair.source, pair.target

    def placed(term: PlacedTerm) -> tuple[int, int, int, int]:
        (a, b), (c, d) = term.source, term.target
        return (
            units(source[start:a]),
            units(source[start:b]),
            units(translation[begin:c]),
            units(translation[begin:d]),
        )

    return SentencePairItem(
        skip=units(source[after[0] : start]),
        length=units(source[start:end]),
        lead=translation[after[1] : begin],
        text=translation[begin:finish],
        score=pair.score,
        unsure=pair.unsure,
        terms=[placed(term) for term in pair.terms],
        missed=[term.source for term in pair.missed],
        doubts=list(pair.doubts),
    )


def serialize_alternatives(found: Sequence[TranslationAlternative]) -> AlternativesResponse:
    """Alternative translations of a sentence, best first."""
    return AlternativesResponse(
        found=[
            AlternativeItem(text=one.text, share=math.exp(min(0.0, one.score)), doubts=list(one.doubts))
            for one in found
        ]
    )


def serialize_alignment(alignment: WordAlignment, text: str, translation: str) -> AlignmentResponse:
    """For each word of the translation, the source words with the highest attention."""
    return AlignmentResponse(
        links=[
            (
                units(text[: link.source[0]]),
                units(text[: link.source[1]]),
                units(translation[: link.target[0]]),
                units(translation[: link.target[1]]),
                round(link.weight, 3),
            )
            for link in alignment.links()
        ],
        limit="" if alignment.whole else "translation",
    )


def serialize_word(matches: Sequence[Match], text: str) -> WordResponse:
    """The first dictionary word at a position; an empty entry if there is none."""
    if not matches:
        return WordResponse(start=None, end=None, entries=[])
    first = matches[0]
    return WordResponse(
        start=units(text[: first.start]),
        end=units(text[: first.end]),
        entries=[_entry(entry) for entry in first.entries[:ENTRIES]],
    )


def _entry(entry: DictionaryEntry) -> DictionaryEntryItem:
    return DictionaryEntryItem(
        word=entry.simplified,
        traditional=entry.traditional if entry.traditional != entry.simplified else "",
        pinyin=entry.pinyin,
        glosses=list(entry.glosses[:GLOSSES]),
        measure_words=list(entry.measure_words),
    )


def serialize_terms(pairs: Sequence[TermPair]) -> TermsResponse:
    """The glossary of a direction."""
    return TermsResponse(terms=[(pair.term, pair.translation) for pair in pairs])


def serialize_document_progress(progress: DocumentTranslationProgress) -> DocumentProgressLine:
    """Progress of a document."""
    return DocumentProgressLine(
        id=progress.id,
        name=progress.name,
        done=progress.done,
        total=progress.total,
        unsure=progress.unsure,
        state=cast("State", progress.state),
        seconds_left=progress.seconds_left,
        notices=[str(markup.notice(notice.key, notice.values)) for notice in progress.notices],
    )
