"""How likely a model finds given sentences: natural log-probabilities of texts and of translations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from llama_demo.engine.batching import batches
from llama_demo.engine.scoring import target_logprobs, text_logprobs
from llama_demo.errors import InputError
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.translate_sentences import Translator
from llama_demo.unicode import replace_lone_surrogates

BATCH_TOKENS = 512
"""Tokens that are read in one turn of the model; texts that others generate go on between turns."""


def score_texts(model: LanguageModel, texts: Sequence[str]) -> list[float]:
    """The log-probability of each text, from its first token to its last.

    Read in batches of ``BATCH_TOKENS`` tokens or a single longer text, each in a turn of its own.

    Raises:
        InputError: ``prompt_empty``, or ``prompt_too_long`` for a text that the context has no room for.
        DeviceError: there was not enough memory.
    """
    rows = [_with_start(model, replace_lone_surrogates(text)) for text in texts]
    for row in rows:
        if len(row) < 2:
            raise InputError("prompt_empty")
        if len(row) > model.engine.context:
            raise InputError("prompt_too_long", tokens=len(row), limit=model.engine.context)
    scores = [0.0] * len(rows)
    for batch in batches([len(row) for row in rows], tokens=BATCH_TOKENS):
        found = model.engine.run(partial(text_logprobs, texts=[rows[place] for place in batch]))
        for place, logprobs in zip(batch, found, strict=True):
            scores[place] = sum(logprobs)
    return scores


def _with_start(model: LanguageModel, text: str) -> list[int]:
    """The ids of a text behind a mark, so that its first token has a probability too.

    A vocabulary that puts none before a text gets the mark that ends the text before.
    """
    ids, empty = model.tokenizer.encode(text), model.tokenizer.encode("")
    if empty and ids[:1] == empty[:1]:
        return ids
    return [min(model.tokenizer.end_ids, default=0), *ids]


def score_translations(
    translator: Translator, sentence: str, translations: Sequence[str], *, source: str, target: str
) -> list[float]:
    """The log-probability of each of some translations of one sentence, their end included.

    Args:
        source, target: languages (ISO 639-1).

    Raises:
        InputError: the translator does not know the direction, or a side is empty or too long for it.
        DeviceError: there was not enough memory.
    """
    vocabulary, config = translator.vocabulary, translator.engine.model.config
    [read] = vocabulary.encode([sentence], source=source, target=target)
    prefix = vocabulary.prefix(target)
    targets = [
        [
            config.start_id,
            *prefix,
            *vocabulary.encode_target(replace_lone_surrogates(text)).ids,
            config.end_id,
        ]
        for text in translations
    ]
    for ids in (read.ids, *targets):
        if len(ids) > translator.engine.longest_source:
            raise InputError("sentence_too_long", tokens=len(ids), limit=translator.engine.longest_source)
    found = translator.engine.run(partial(target_logprobs, source=read.ids, targets=targets))
    return [sum(row[len(prefix) :]) for row in found]
