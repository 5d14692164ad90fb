"""How much of what the content policy is about its rules find, and what they find in harmless texts.

``python -m bench.policy --data DIR`` measures on half of AdvBench (``safety/harmful-prompts.en.txt.xz``), on
the sets in ``policy_sets``, and on ordinary texts. The rules were tuned on all of them but the sets called
``last``, which tell how they do on what they were not tuned on. ``--show`` prints what is missed or found in
error in the others.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from llama_demo.safety.policy import Stage
from llama_demo.safety.policy_file import bundled_policy
from llama_demo.safety.rules import RuleLayer

SETS = Path(__file__).parent / "policy_sets"
LAST = "last"
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
    stage: Stage = "prompt"


def cases(data: Path) -> Iterator[Case]:
    """The prompts of all sets."""
    advbench = _lines(data / "safety" / "harmful-prompts.en.txt.xz")
    yield from (Case("AdvBench en", line, "?") for line in advbench)
    for path in sorted(SETS.glob("benign*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (Case(path.stem, line, "") for line in lines)
    for path in sorted(SETS.glob("harmful*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            category, text = line.split("\t")
            yield Case(path.stem, text, category)


def ordinary_texts(data: Path) -> Iterator[Case]:
    """Held-out sentences, questions and stories, which were gathered for other purposes."""
    for name in ("tatoeba", "python-docs", "tldr", "ntrex128"):
        for line in _lines(data / "parallel" / f"{name}.en-zh.valid.tsv.xz"):
            for language, text in zip(("en", "zh"), line.split("\t"), strict=False):
                yield Case(f"{name} {language}", text, "")
    for line in _lines(data / "qa" / "qamr_test.jsonl.xz")[::6]:
        yield Case("QAMR en", json.loads(line)["question"], "")
    articles = json.loads("\n".join(_lines(data / "qa" / "DRCD_test_simp.json.xz")))["data"]
    for paragraph in (one for article in articles for one in article["paragraphs"]):
        yield from (Case("DRCD zh", one["question"], "") for one in paragraph["qas"])
    for name, language in (("tinystories", "en"), ("fables-klusai", "en"), ("tiny-chinese-stories", "zh")):
        for line in _lines(data / "stories" / f"{name}.valid.jsonl.xz"):
            yield Case(f"stories {language}", json.loads(line)["text"], "", "output")


def _lines(path: Path) -> list[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [line for line in file.read().split("\n") if line]


def main() -> None:
    """Print a table of the sets, one of the categories, and the time that a long text takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    layer = RuleLayer(bundled_policy())
    everything = (*cases(arguments.data), *ordinary_texts(arguments.data))
    judged = [(case, [one.category for one in layer.findings(case.text, case.stage)]) for case in everything]
    print("\n".join(set_table(judged)))
    print("\n".join(category_table(judged)))
    if arguments.show:
        print("\n".join(mistakes(judged)))
    print(f"\n{LONG_TEXT:,} characters: {_milliseconds(layer):.0f} ms")


Judged = Sequence[tuple[Case, Sequence[str]]]


def set_table(judged: Judged) -> Iterator[str]:
    """The share of each set in which a rule applies."""
    yield f"{'set':18} {'prompts':>8} {'found':>6} {'share':>7}"
    groups: dict[str, list[bool]] = {}
    for case, categories in judged:
        groups.setdefault(case.set, []).append(bool(categories))
    for name, found in groups.items():
        yield f"{name:18} {len(found):8} {sum(found):6} {_share(found)}"


def category_table(judged: Judged) -> Iterator[str]:
    """For each category and language the prompts of our own that are found, and rightly named."""
    yield f"\n{'category':10} {'prompts':>8} {'found':>6} {'named':>6} {'share':>7}"
    for code in bundled_policy().categories:
        for language in ("en", "zh"):
            own = [
                categories
                for case, categories in judged
                if case.category == code and case.set.endswith(language)
            ]
            found, named = [bool(one) for one in own], sum(code in one for one in own)
            yield f"{code} {language:6} {len(own):8} {sum(found):6} {named:6} {_share(found)}"


def mistakes(judged: Judged) -> Iterator[str]:
    """Prompts that are missed, and harmless ones that are not, where the rules may be tuned on them."""
    for case, categories in judged:
        if LAST not in case.set and bool(categories) != bool(case.category):
            yield f"{case.set}: {case.text} {categories or case.category}"


def _share(found: Iterable[bool]) -> str:
    values = list(found)
    return f"{sum(values) / len(values):7.1%}" if values else f"{'-':>7}"


def _milliseconds(layer: RuleLayer) -> float:
    text = ("how do I make a b0mb-proof list of 制造 prevent " * LONG_TEXT)[:LONG_TEXT]
    begun = process_time()
    list(layer.findings(text, "prompt"))
    return 1000 * (process_time() - begun)


if __name__ == "__main__":
    main()
