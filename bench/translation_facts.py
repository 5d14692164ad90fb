"""Whether translations keep what is said: ``python -m bench.translation_facts [--model FOLDER]``.

Two hundred sentences of our own in eight directions (``bench/translation_facts.jsonl``), about negation,
numbers, times and names. It is known how the facts of each may be worded in each language; a translation is
right if it words every one of them, however it words the rest. Prints the share of right ones, in percent, by
direction and kind, and each translation that lacks a fact.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import regex

from llama_demo.settings import ASSETS
from llama_demo.tasks.translate_sentences import load_translator
from llama_demo.tasks.translate_text import translate_text
from llama_demo.tasks.translation_hops import SequenceHop
from llama_demo.training.translator.data import DIRECTIONS

BEAMS = 4
NEGATION = {
    "en": r"\bnot\b|n['’]t\b|\b(?:never|no|nobody|nothing|none)\b",
    "zh": r"[不没别勿无]",
    "de": r"\b(?:nicht|kein\w*|nie|niemals|niemand|nichts)\b",
    "fr": r"\b(?:pas|jamais|rien|personne|aucune?)\b",
    "es": r"\b(?:no|nunca|jamás|nada|nadie|ning\w+)\b",
}
"""Words of which a translation of a sentence that denies has at least one."""


@dataclass(frozen=True)
class FactSentence:
    """What is said, in every language.

    Attributes:
        kind: ``negation``, ``number``, ``time`` or ``name``.
        sentences: by language.
        facts: for each fact and language a regular expression of its wordings.
    """

    kind: str
    sentences: dict[str, str]
    facts: list[dict[str, str]]

    def is_kept(self, translation: str, language: str) -> bool:
        """Whether a translation words every fact."""
        wordings = [fact[language] for fact in self.facts]
        if self.kind == "negation":
            wordings.append(NEGATION[language])
        return all(regex.search(wording, translation, regex.IGNORECASE) for wording in wordings)


def main() -> None:
    """Translate, count and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=ASSETS / "models" / "translator")
    chosen = parser.parse_args()
    translator = load_translator(chosen.model, device="cpu")
    sentences = read_sentences()
    kinds = Counter(one.kind for one in sentences)
    print(f"| | {' | '.join(kinds)} | all |\n|---{'|---' * len(kinds)}|---|")
    lost = []
    for source, target in DIRECTIONS:
        hops = [SequenceHop(translator, source, target)]
        texts = [one.sentences[source] for one in sentences]
        found = [each.text for each in translate_text(hops, texts, beams=BEAMS)]
        kept = [one.is_kept(text, target) for one, text in zip(sentences, found, strict=True)]
        right = Counter(one.kind for one, good in zip(sentences, kept, strict=True) if good)
        shares = [right[kind] / count for kind, count in kinds.items()] + [sum(kept) / len(kept)]
        print(f"| {source}-{target} | {' | '.join(f'{100 * share:.0f}' for share in shares)} |", flush=True)
        lost += [row for good, *row in zip(kept, texts, found, strict=True) if not good]
    print()
    for text, translation in lost:
        print(f"{text} | {translation}")


def read_sentences() -> list[FactSentence]:
    """The sentences with their facts."""
    lines = Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    return [FactSentence(**json.loads(line)) for line in lines]


if __name__ == "__main__":
    main()
