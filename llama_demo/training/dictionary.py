"""``python -m llama_demo.training.dictionary --source FILE``: CC-CEDICT as a small file for the app."""

from __future__ import annotations

import argparse
import gzip
import lzma
import math
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from llama_demo.text.dictionary import BLOCK, LONGEST_WORD, MOST_ENTRIES

SHIPPED = Path(__file__).parents[2] / "assets" / "dictionary" / "cedict.zip"

_UNPACK = {".gz": gzip.decompress, ".xz": lzma.decompress}
_LINE = regex.compile(
    r"(?P<traditional>\S+) (?P<simplified>\S+) \[(?P<reading>[^\]]*)\] /(?P<glosses>.*)/\s*"
)
_WORD = regex.compile(r"[a-zà-ÿ]+(?:['-][a-zà-ÿ]+)*")
_ASIDE = regex.compile(r"\([^()]*\)|\[[^\[\]]*\]|[\p{Han}|]+")
_LEADING = regex.compile(r"(?:to be |to |a |an |the |be )")
_RARE = regex.compile(
    r"\((?:old|literary|archaic|dialect|coll|slang|bound form|Tw|Internet|Buddhism|loanword)\b"
)
_REFERRING = regex.compile(
    r"(?:old |erhua |Japanese |archaic |popular )?variant of |see (?:also )?\p{Han}|surname "
)
_COMMON = frozenset(
    "a an the to of in on at for with and or by from as is be one's sb sth etc esp also used that it its "
    "which not no into up out over who how what variant see abbr cl lit fig surname old coll".split()
)
_ALONE, _WITHIN = 60.0, 30.0  # scores of a word that is all of a gloss, or a part of it
_LONGEST_PHRASE = 3  # English words


@dataclass(frozen=True)
class Row:
    """An entry as the source has it."""

    simplified: str
    traditional: str
    reading: str
    glosses: tuple[str, ...]

    @property
    def is_name(self) -> bool:
        """Whether it is a proper name, which has a capital."""
        return self.reading[:1].isupper()

    @property
    def refers(self) -> bool:
        """Whether it only says which other word it stands for."""
        return bool(_REFERRING.match(self.glosses[0]))


def read(source: Path) -> list[Row]:
    """The entries of CC-CEDICT's own file, or of four tab-separated columns; packed by gzip or xz or not."""
    data = source.read_bytes()
    if source.suffix in _UNPACK:
        data = _UNPACK[source.suffix](data)
    lines = data.decode("utf-8").splitlines()
    rows = {row for line in lines if not line.startswith("#") and (row := _row(line))}
    return sorted(rows, key=lambda row: (row.simplified, row.reading, row.traditional, row.glosses))


def _row(line: str) -> Row | None:
    if line.count("\t") == 3:
        simplified, traditional, reading, meanings = line.split("\t")
        return Row(simplified, traditional, reading, _glosses(meanings))
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    return Row(match["simplified"], match["traditional"], match["reading"], _glosses(match["glosses"]))


def _glosses(meanings: str) -> tuple[str, ...]:
    return tuple(gloss for gloss in meanings.split("/") if gloss)


def write(rows: Sequence[Row], target: Path) -> None:
    """Make the file that :class:`llama_demo.text.dictionary.Dictionary` opens."""
    weights = _weights(rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, lines: Iterator[str]) -> None:
            # A fixed time, so that the same source makes the same file.
            archive.writestr(zipfile.ZipInfo(name), "\n".join(lines), zipfile.ZIP_DEFLATED)

        put("words.tsv", _word_lines(rows, weights))
        put("english.tsv", _english_lines(rows, weights))
        for block in range(math.ceil(len(rows) / BLOCK)):
            put(f"entries/{block}.tsv", map(_entry_line, rows[block * BLOCK : (block + 1) * BLOCK]))


def _entry_line(row: Row) -> str:
    traditional = "" if row.traditional == row.simplified else row.traditional
    return "\t".join((row.simplified, traditional, row.reading, "/".join(row.glosses)))


def _weights(rows: Sequence[Row]) -> Counter[str]:
    """How many headwords contain each headword."""
    forms = {row.simplified for row in rows} | {row.traditional for row in rows}
    weights: Counter[str] = Counter()
    for form in forms:
        lengths = range(1, min(len(form), LONGEST_WORD) + 1)
        parts = {form[at : at + n] for n in lengths for at in range(len(form) - n + 1)}
        weights.update(part for part in parts if part in forms)
    return weights


def _word_lines(rows: Sequence[Row], weights: Counter[str]) -> Iterator[str]:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        for form in {row.simplified, row.traditional}:
            numbers[form].append(number)
    for form in sorted(numbers):
        own = sorted(numbers[form], key=lambda n: (rows[n].refers, rows[n].is_name, -len(rows[n].glosses)))
        yield "\t".join((form, str(weights[form]), *map(str, own)))


def _english_lines(rows: Sequence[Row], weights: Counter[str]) -> Iterator[str]:
    scores: defaultdict[str, dict[int, float]] = defaultdict(dict)
    exact: defaultdict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        # Single characters are in many words of which they are not the meaning.
        share = 4.0 if len(row.simplified) > 1 else 2.5
        common = share * math.log1p(weights[row.simplified]) - 50.0 * row.refers - 8.0 * row.is_name
        for place, gloss in enumerate(row.glosses):
            for key, score in _keys(gloss):
                total = score + common - 4.0 * place
                scores[key][number] = max(scores[key].get(number, -math.inf), total)
                if score > _WITHIN:
                    exact[key].add(number)
    for key in sorted(scores):
        best = sorted(scores[key], key=lambda n: (n not in exact[key], -scores[key][n], n))[:MOST_ENTRIES]
        yield "\t".join((key, str(len(exact[key].intersection(best))), *map(str, best)))


def _keys(gloss: str) -> Iterator[tuple[str, float]]:
    """English words and phrases that find a gloss, each with a rank; best if it is the whole gloss."""
    if gloss.startswith("CL:"):
        return
    rare = 15.0 if _RARE.search(gloss) else 0.0
    for place, part in enumerate(regex.split(r"[;,]", _ASIDE.sub(" ", gloss.lower()))):
        words = _WORD.findall(_LEADING.sub("", part.strip(), count=1))
        if 0 < len(words) <= _LONGEST_PHRASE:
            yield " ".join(words), _ALONE - rare - min(2.0 * place, 10.0)
        for word in set(words) - _COMMON:
            if len(words) > 1:
                yield word, _WITHIN / len(words) - rare


def main() -> None:
    """Read the command line and make the file."""
    parser = argparse.ArgumentParser(prog="python -m llama_demo.training.dictionary", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="CC-CEDICT, see docs/training.md")
    parser.add_argument(
        "--out", type=Path, default=SHIPPED, help="file to write; the shipped one unless given"
    )
    chosen = parser.parse_args()
    rows = read(chosen.source)
    write(rows, chosen.out)
    print(f"{len(rows)} entries, {chosen.out.stat().st_size / 1e6:.2f} MB: {chosen.out}")


if __name__ == "__main__":
    main()
