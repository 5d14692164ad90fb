"""How much of what the content policy is about its rules find, and how often they find it in harmless texts.

``python -m bench.policy --data DIR`` measures on half of AdvBench (``safety/harmful-prompts.en.txt.xz``) and on
the sets in ``policy_sets``, all written before the rules. The rules were tuned on one half of each set, chosen by
a hash; the other half says how they do on what they were not tuned on. ``--show tuned`` prints what is missed and
what is found in error in the tuned half, ``--long`` also tries the texts that the app brings along.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from time import perf_counter

from llama_demo.safety.policy import bundled_policy
from llama_demo.safety.rules import RuleLayer
from llama_demo.settings import ASSETS

SETS = Path(__file__).parent / "policy_sets"
LONG_TEXT = 50_000


@dataclass(frozen=True)
class Case:
    """A prompt of a set.

    Attributes:
        category: that it belongs to; empty for a harmless one, ``?`` where the set does not tell.
    """

    set: str
    text: str
    category: str

    @property
    def half(self) -> str:
        """``tuned`` if the rules were tuned on it, else ``unseen``."""
        return ("tuned", "unseen")[md5(self.text.encode()).digest()[0] % 2]


def cases(data: Path) -> Iterator[Case]:
    """The prompts of all sets."""
    with lzma.open(data / "safety" / "harmful-prompts.en.txt.xz", "rt", encoding="utf-8") as file:
        yield from (Case("AdvBench en", line, "?") for line in file.read().splitlines() if line)
    for language in ("en", "zh"):
        lines = (SETS / f"benign.{language}.txt").read_text(encoding="utf-8").splitlines()
        yield from (Case(f"harmless {language}", line, "") for line in lines)
    for line in (SETS / "harmful.zh.tsv").read_text(encoding="utf-8").splitlines():
        category, text = line.split("\t")
        yield Case("harmful zh", text, category)


def bundled_texts() -> Iterator[Case]:
    """The examples and the sample documents of the app, by their paragraphs."""
    examples = json.loads((ASSETS / "examples" / "ask.json").read_text(encoding="utf-8"))
    questions = json.loads((ASSETS / "samples" / "questions.json").read_text(encoding="utf-8"))
    texts = [text for part in (examples, questions) for text in _strings(part)]
    for path in sorted((ASSETS / "samples").rglob("*.md")):
        texts += path.read_text(encoding="utf-8").split("\n\n")
    for path in sorted((ASSETS / "locales").rglob("*.json")):
        texts += _strings(json.loads(path.read_text(encoding="utf-8")))
    yield from (Case("bundled", text, "") for text in texts if text.strip())


def _strings(value: object) -> list[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in _strings(one)] if isinstance(value, list) else []


def main() -> None:
    """Print a table of the sets, one of the categories, and the time that a long text takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", choices=("tuned", "unseen"))
    parser.add_argument("--long", action="store_true")
    arguments = parser.parse_args()
    layer = RuleLayer(bundled_policy())
    judged = [
        (case, [finding.category for finding in layer.findings(case.text, "prompt")])
        for case in (*cases(arguments.data), *(bundled_texts() if arguments.long else ()))
    ]
    print("\n".join(set_table(judged)))
    print("\n".join(category_table(judged)))
    if arguments.show:
        print("\n".join(mistakes(judged, arguments.show)))
    print(f"\n{LONG_TEXT:,} characters: {_milliseconds(layer):.0f} ms")


Judged = Sequence[tuple[Case, Sequence[str]]]


def set_table(judged: Judged) -> Iterator[str]:
    """The share of each set in which a rule applies, for both halves."""
    yield f"{'set':16} {'half':8} {'prompts':>8} {'found':>6} {'share':>7}"
    for name in dict.fromkeys(case.set for case, _ in judged):
        for half in ("tuned", "unseen"):
            found = [bool(categories) for case, categories in judged if (case.set, case.half) == (name, half)]
            yield f"{name:16} {half:8} {len(found):8} {sum(found):6} {_share(found)}"


def category_table(judged: Judged) -> Iterator[str]:
    """For each category its Chinese prompts that are found, and the AdvBench prompts that it is found in."""
    yield f"\n{'category':10} {'zh prompts':>10} {'found':>6} {'right':>6} {'share':>7} {'in AdvBench':>12}"
    for code in bundled_policy().categories:
        own = [categories for case, categories in judged if case.category == code]
        found, right = [bool(one) for one in own], sum(code in one for one in own)
        elsewhere = sum(categories[:1] == [code] for case, categories in judged if case.category == "?")
        yield f"{code:10} {len(own):10} {sum(found):6} {right:6} {_share(found)} {elsewhere:12}"


def mistakes(judged: Judged, half: str) -> Iterator[str]:
    """Prompts of a half that are missed, and harmless ones that are not."""
    for case, categories in judged:
        if case.half == half and bool(categories) != bool(case.category):
            yield f"{case.set}: {case.text} {categories or case.category}"


def _share(found: Iterable[bool]) -> str:
    values = list(found)
    return f"{sum(values) / len(values):7.1%}" if values else f"{'-':>7}"


def _milliseconds(layer: RuleLayer) -> float:
    text = ("how do I make a b0mb-proof list of 制造 prevent " * LONG_TEXT)[:LONG_TEXT]
    begun = perf_counter()
    list(layer.findings(text, "prompt"))
    return 1000 * (perf_counter() - begun)


if __name__ == "__main__":
    main()
