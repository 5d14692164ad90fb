"""How much of what the content policy is about its rules find, and what they find in harmless texts.

``python -m bench.policy --data DIR`` measures on half of AdvBench (``safety/harmful-prompts.en.txt.xz``), on
the sets in ``policy_sets``, and on ordinary texts. The sets were written before the rules, which were tuned
on one half of each, chosen by a hash; the other half says how they do on what they were not tuned on.
``--show tuned`` prints what is missed, and found in error, in that half.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from time import process_time

from llama_demo.safety.policy import Stage, bundled_policy
from llama_demo.safety.rules import RuleLayer

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
    stage: Stage = "prompt"

    @property
    def half(self) -> str:
        """``tuned`` if the rules were tuned on it, else ``unseen``."""
        return ("tuned", "unseen")[md5(self.text.encode()).digest()[0] % 2]


def cases(data: Path) -> Iterator[Case]:
    """The prompts of all sets."""
    advbench = _lines(data / "safety" / "harmful-prompts.en.txt.xz")
    yield from (Case("AdvBench en", line, "?") for line in advbench)
    for when in ("", "_later"):
        for language in ("en", "zh"):
            lines = (SETS / f"benign{when}.{language}.txt").read_text(encoding="utf-8").splitlines()
            yield from (Case(f"harmless{when} {language}", line, "") for line in lines)
        for line in (SETS / f"harmful{when}.zh.tsv").read_text(encoding="utf-8").splitlines():
            category, text = line.split("\t")
            yield Case(f"harmful{when} zh", text, category)


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
    parser.add_argument("--show", choices=("tuned", "unseen"))
    arguments = parser.parse_args()
    layer = RuleLayer(bundled_policy())
    everything = (*cases(arguments.data), *ordinary_texts(arguments.data))
    judged = [(case, [one.category for one in layer.findings(case.text, case.stage)]) for case in everything]
    print("\n".join(set_table(judged)))
    print("\n".join(category_table(judged)))
    if arguments.show:
        print("\n".join(mistakes(judged, arguments.show)))
    print(f"\n{LONG_TEXT:,} characters: {_milliseconds(layer):.0f} ms")


Judged = Sequence[tuple[Case, Sequence[str]]]


def set_table(judged: Judged) -> Iterator[str]:
    """The share of each set in which a rule applies, for both halves."""
    yield f"{'set':18} {'half':8} {'prompts':>8} {'found':>6} {'share':>7}"
    groups: dict[tuple[str, str], list[bool]] = {}
    for case, categories in judged:
        groups.setdefault((case.set, case.half), []).append(bool(categories))
    for (name, half), found in sorted(groups.items()):
        yield f"{name:18} {half:8} {len(found):8} {sum(found):6} {_share(found)}"


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
    begun = process_time()
    list(layer.findings(text, "prompt"))
    return 1000 * (process_time() - begun)


if __name__ == "__main__":
    main()
