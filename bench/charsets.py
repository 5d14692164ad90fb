"""How often the charset of an unlabelled text is told: ``python -m bench.charsets``.

Each text of ``charsets.json``, from a word to a paragraph in 22 languages, is encoded in the charsets
that its language was written in, and read by the app, by chardet alone and, where it is installed, by
charset-normalizer. Printed are for each of them how many texts come out right, are refused as unclear,
and come out as other letters. ``--data DIR`` adds the translations in the message files (.mo) below a
folder such as /usr/share/locale: single ones and a dozen together.
"""

from __future__ import annotations

import argparse
import gettext
import importlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import chardet

from llama_demo.documents.encoding import decode
from llama_demo.errors import InputError

TEXTS = Path(__file__).with_suffix(".json")
SINGLE, TOGETHER, DOZEN = 30, 5, 12
"""Messages of a language that are read alone, how many times some are read together, and how many."""

Read = Callable[[bytes], str | None]


def main() -> None:
    """Print a table for each set of texts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    measure("charsets.json", list(own_texts()))
    if arguments.data:
        measure(str(arguments.data), list(messages(arguments.data)))


def measure(name: str, texts: list[tuple[str, str]]) -> None:
    """Print how each reader does on texts, which are given with their charset."""
    encoded = [(text, text.encode(charset)) for text, charset in texts]
    encoded = [(text, data) for text, data in encoded if not data.isascii() and not is_utf8(data)]
    print(f"\n{name}: {len(encoded)} texts\n\n| reader | right | refused | other letters | seconds |")
    print("|---|---:|---:|---:|---:|")
    for reader, read in readers().items():
        began = time.process_time()
        outcomes = Counter(outcome(text, read(data)) for text, data in encoded)
        seconds = time.process_time() - began
        figures = " | ".join(f"{outcomes[each]}" for each in ("right", "refused", "wrong"))
        print(f"| {reader} | {figures} | {seconds:.1f} |")


def own_texts() -> Iterator[tuple[str, str]]:
    """The texts of the file, each in every charset that has its letters."""
    for language in json.loads(TEXTS.read_text("utf-8")):
        for charset in language["charsets"]:
            for text in language["texts"]:
                if fits(text, charset):
                    yield text, charset


def messages(folder: Path) -> Iterator[tuple[str, str]]:
    """Translations of programs' messages, by language."""
    choice = random.Random(1)
    for language in json.loads(TEXTS.read_text("utf-8")):
        for charset in language["charsets"] if (name := language.get("locale")) else ():
            known = sorted(
                {text for path in folder.rglob("*.mo") if name in path.parts for text in catalogue(path)}
            )
            fitting = [text for text in known if fits(text, charset)]
            choice.shuffle(fitting)
            yield from ((text, charset) for text in fitting[:SINGLE])
            for number in range(TOGETHER):
                begin = SINGLE + number * DOZEN
                if together := "\n".join(fitting[begin : begin + DOZEN]):
                    yield together, charset


def catalogue(path: Path) -> list[str]:
    """The translations of a file that have letters beyond ASCII."""
    try:
        with path.open("rb") as file:
            texts = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    except (OSError, UnicodeDecodeError):
        return []
    return [text for key, text in texts.items() if key and len(text) > 3 and not text.isascii()]


def fits(text: str, charset: str) -> bool:
    """Whether the charset has all letters of the text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 by chance."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def outcome(text: str, read: str | None) -> str:
    """How a reading of a text went."""
    return "refused" if read is None else "right" if read == text else "wrong"


def readers() -> dict[str, Read]:
    """The ways to read."""
    found: dict[str, Read] = {"the app": by_the_app, "chardet": by_chardet}
    try:
        normalizer = importlib.import_module("charset_normalizer")
    except ImportError:
        print("\ncharset-normalizer is not installed")
        return found

    def by_normalizer(data: bytes) -> str | None:
        best = normalizer.from_bytes(data).best()
        return None if best is None else str(best)

    return {**found, "charset-normalizer": by_normalizer}


def by_the_app(data: bytes) -> str | None:
    """As documents are read."""
    try:
        return decode(data).text
    except InputError:
        return None


def by_chardet(data: bytes) -> str | None:
    """By chardet's best candidate."""
    encoding = chardet.detect(data)["encoding"]
    try:
        return data.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError):
        return None


if __name__ == "__main__":
    main()
