"""How fast the history is when it is long: ``python -m bench.history [RUNS]``.

Fills a database with 100,000 runs of English stories and Chinese poems, in the proportions of words that
language has, and prints the median time of search, of paging and of deleting. A figure is one call as
the page makes it, from the question to the list of runs.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from llama_demo.services.history.runs import RunService
from llama_demo.services.visits import LOCAL_OWNER, resolve
from llama_demo.store.clock import to_microseconds
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.ids import new_id
from llama_demo.store.run import Run
from llama_demo.store.runs import RunStore

RUNS, ROUNDS, BATCH = 100_000, 15, 2_000
HOME = resolve(public=False)
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)

COMMON = "the a and to was he she little dog run running garden day said big happy tree friend".split()
CHARACTERS = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会翻译机器春风花月"
)
QUERIES = (
    "the",
    "run",
    "r",
    "little dog",
    '"little dog"',
    "zebra17",
    "翻译",
    "机器翻译",
    "译",
    "春风 花",
    "no such words",
)


def stories(dice: random.Random) -> Iterator[str]:
    """Texts of 120 words or of 120 characters in turn."""
    words = COMMON + [
        f"{stem}{number}" for number in range(400) for stem in ("zebra", "moon", "river", "song")
    ]
    rare = [chr(0x4E00 + 7 * number) for number in range(2_900)]
    characters = list(CHARACTERS) + rare
    while True:
        yield " ".join(dice.choices(words, [1 / (rank + 2) for rank in range(len(words))], k=120))
        yield "".join(dice.choices(characters, [1 / (rank + 9) for rank in range(len(characters))], k=120))


def fill(store: RunStore, count: int) -> None:
    """Runs of ten months, one owner, three models, every tenth of them a translation, some rated."""
    dice = random.Random(7)
    texts = stories(dice)

    def run(number: int) -> Run:
        created = FIRST_DAY + timedelta(seconds=260 * number)
        text = next(texts)
        return Run(
            id=new_id(to_microseconds(created)),
            owner="",
            task="translate" if number % 10 == 0 else "generate",
            created=created,
            status="done",
            model=f"model-{number % 3}",
            input=text[:40],
            output=text[40:],
            options={"temperature": 0.8, "seed": number},
            timings={"tokens": 200},
            rating=1 if number % 500 == 0 else 0,
        )

    for start in range(0, count, BATCH):
        store.add((run(number) for number in range(start, min(start + BATCH, count))), owner="local")


def median(act: Callable[[], object]) -> float:
    """Milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return 1_000 * statistics.median(times)


def main() -> None:
    """Fill, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(Path(folder) / "llama_demo.db")) as database,
    ):
        store = RunStore(database)
        began = time.perf_counter()
        fill(store, count)
        size = database.path.stat().st_size / 1e6
        print(f"{count:,} runs filled in {time.perf_counter() - began:.0f} s, {size:.0f} MB")
        runs = RunService(store)
        for query in QUERIES:
            found = runs.count(HOME, query=query)
            search = median(lambda query=query: runs.page(HOME, query=query))  # type: ignore[misc]
            counting = median(lambda query=query: runs.count(HOME, query=query))  # type: ignore[misc]
            print(f"search {query!r:16} {search:7.1f} ms   counting {found:7,} {counting:7.1f} ms")
        deep = runs.page(HOME)[-1].id
        for _ in range(20):
            deep = runs.page(HOME, limit=100, before=deep)[-1].id
        day = (FIRST_DAY + timedelta(days=30)).date()
        pages: dict[str, Callable[[], object]] = {
            "newest": lambda: runs.page(HOME),
            "2,000 runs down": lambda: runs.page(HOME, before=deep),
            "one task": lambda: runs.page(HOME, task="translate"),
            "thumbs up, one model": lambda: runs.page(HOME, model="model-0", rating=1),
            "one day": lambda: runs.page(HOME, since=day, until=day),
            "count all": lambda: runs.count(HOME),
        }
        for name, act in pages.items():
            print(f"page   {name:22} {median(act):7.1f} ms")
        began = time.perf_counter()
        runs.delete(HOME, deep)
        print(f"delete one run, words and all {1_000 * (time.perf_counter() - began):7.0f} ms")
        began = time.perf_counter()
        ErasureStore(database).delete_history(owner=LOCAL_OWNER)
        print(f"delete all {1_000 * (time.perf_counter() - began):7.0f} ms")


if __name__ == "__main__":
    main()
