"""The texts whose pieces a vocabulary keeps."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

from llama_demo.training.corpus import read_records, read_rows
from llama_demo.training.reader.corpus import TRAINING, Passage

SHARES = {"en": 1.0, "zh": 1.2, "de": 0.45, "fr": 0.45, "es": 0.45}
"""How much each language counts."""

# Sentences of a file of translations, at most; their English sides are much the same from file to file.
_SENTENCES, _ENGLISH_SENTENCES = 20_000, 5_000
_STORIES = 6_000


def read_texts(data: Path) -> dict[str, list[str]]:
    """The training data that ``docs/training.md`` lists, by language, without the held-out parts."""
    texts: dict[str, list[str]] = {language: [] for language in SHARES}
    for path in sorted((data / "parallel").glob("*.train.tsv.xz")):
        _, pair, *_ = path.name.split(".")
        first, second = pair.split("-")
        rows = list(read_rows(path))
        random.Random(0).shuffle(rows)
        if first == "en" and second in texts:
            texts[second] += [row[1] for row in rows[:_SENTENCES]]
            texts["en"] += [row[0] for row in rows[:_ENGLISH_SENTENCES]]
        elif first == "zh":
            texts["zh"] += [row[0] for row in rows]  # the dictionary's headwords
    stories = data / "stories"
    for language, name in (("en", "tinystories"), ("zh", "tiny-chinese-stories")):
        records = islice(read_records(stories / f"{name}.train.jsonl.xz"), _STORIES)
        texts[language] += [record["text"] for record in records]
    for source, read in TRAINING.items():
        asked = read(data / "qa")
        passages: dict[Passage, None] = dict.fromkeys(each.passage for each in asked)
        language = "zh" if source in ("drcd", "cmrc") else "en"
        texts[language] += [passage.text for passage in passages] + [each.text for each in asked]
    return texts
