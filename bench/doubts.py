"""How often doubts about a translation are right: false alarms on good translations, and what is noticed.

``python -m bench.doubts --data DIR`` compares held-out pairs of Tatoeba, none of which should be doubtful,
then those with a number raised or the negation taken out of the translation, all of which should be. Last it
prints what the bundled translator makes of 25 sentences in each direction, for a person to judge.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import regex

from llama_demo.settings import ASSETS
from llama_demo.tasks.translate_sentences import load_translator
from llama_demo.tasks.translate_text import translate_text
from llama_demo.tasks.translation_hops import SequenceHop
from llama_demo.text.agreement.doubts import find_doubts
from llama_demo.training.translator.data import DIRECTIONS, other_language, read_held_out

SHOWN = 25
# What takes the negation out of a sentence, roughly.
NEGATIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": ((r"(?<=\b(?:do|does|did|is|are|was|were|has|have|had))n['’]t\b", ""), (r"\bnot\b ?", ""),
           (r"\bnever\b ?", "always "), (r"\bnothing\b", "something"), (r"\bn(?:obody|o one)\b", "somebody")),
    "zh": ((r"不要|别", ""), (r"没有", "有"), (r"[不没]", "")),
    "fr": ((r"\bne\s|\bn['’]", ""), (r"\b(?:pas|jamais|rien|plus|aucune?|personne)\b ?", "")),
    "de": ((r"\bnicht\b ?", ""), (r"\bkein(\w*)", r"ein\1"), (r"\bnie\b", "immer"), (r"\bnichts\b", "etwas")),
    "es": ((r"\bno\b ?", ""), (r"\bnunca\b", "siempre"), (r"\bnada\b", "algo"), (r"\bnadie\b", "alguien")),
}  # fmt: skip


def main() -> None:
    """Print a row for each direction, then the sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    held_out = read_held_out(data)
    pairs = {
        (source, target): [
            (pair.other, pair.english) if target == "en" else (pair.english, pair.other)
            for pair in held_out[other_language(source, target)]
        ]
        for source, target in DIRECTIONS
    }
    for direction, of_direction in pairs.items():
        print(row(direction, of_direction))
    translator = load_translator(ASSETS / "models" / "translator", device="cpu")
    for (source, target), of_direction in pairs.items():
        sentences = [sentence for sentence, _ in of_direction[:: len(of_direction) // SHOWN][:SHOWN]]
        found = translate_text([SequenceHop(translator, source, target)], sentences)
        for sentence, rendering in zip(sentences, found, strict=True):
            print(f"{', '.join(rendering.doubts) or '-'} | {sentence} | {rendering.text}")


def row(languages: tuple[str, str], pairs: Sequence[tuple[str, str]]) -> str:
    """False alarms, and the changed pairs that are noticed."""
    good = [pair for pair in pairs if not find_doubts(*pair, languages)]
    parts = [f"{'-'.join(languages)}: {len(pairs) - len(good)} of {len(pairs)} good ones doubtful"]
    for doubt, change in (("number", other_number), ("negation", affirmed)):
        changed = [(source, new) for source, target in good if (new := change(target, languages[1]))]
        noticed = sum(doubt in find_doubts(source, new, languages) for source, new in changed)
        parts.append(f"{doubt} {noticed} of {len(changed)} noticed")
    return "; ".join(parts)


def other_number(text: str, _: str) -> str | None:
    """The text with its first number in figures raised by three; None if it has none."""
    new = regex.sub(r"\d+", lambda match: str(int(match[0]) + 3), text, count=1)
    return new if new != text else None


def affirmed(text: str, language: str) -> str | None:
    """The text without its negation; None if it denies nothing."""
    new = text
    for pattern, replacement in NEGATIONS[language]:
        new = regex.sub(pattern, replacement, new, flags=regex.IGNORECASE)
    return new if new != text else None


if __name__ == "__main__":
    main()
