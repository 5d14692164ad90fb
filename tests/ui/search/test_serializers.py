"""What the Search tab sends to the page: the progress of indexing, and the groups of the map."""

from __future__ import annotations

from llama_demo.services.library.jobs import IndexedDocument, IndexingProgress, RejectedFile
from llama_demo.services.library.search import CollectionMap, MapPoint
from llama_demo.ui.search.serializers import MOST_GROUPS, serialize_map, serialize_progress


def test_jobs_are_counted_together_and_reasons_are_escaped_sentences() -> None:
    """A page sends many files in several requests and shows one bar."""
    bad = RejectedFile("", "<b>.pdf", "document_damaged")
    first = IndexingProgress("1", 2, 2, "done", added=(IndexedDocument("a", "a.txt", 3),), failed=(bad,))
    second = IndexingProgress(
        "2", 1, 5, "running", "b.txt", 4.5, unchanged=(IndexedDocument("c", "c.txt", 1),)
    )
    told = serialize_progress([first, second])
    assert (told.done, told.total, told.running, told.current) == (3, 7, True, "b.txt")
    assert told.seconds_left == 4.5
    assert (told.added, told.unchanged) == (1, ["c.txt"])
    assert told.failed[0].name == "<b>.pdf"
    assert 'lang="zh-CN"' in told.failed[0].reason


def test_no_job_is_an_end() -> None:
    """As after a restart that has forgotten them: the page stops waiting."""
    assert serialize_progress([]).running is False


def point(number: int, document: str) -> MapPoint:
    """A passage of a document, anywhere."""
    return MapPoint(number, document, f"id-{document}", f"text {number}", 0.1 * (number % 10), -0.5)


def test_topics_of_the_samples_are_one_group_in_both_languages() -> None:
    """A folder is a group whatever language folder it lies in; its name is the reader's."""
    found = serialize_map(
        CollectionMap((point(1, "en/city/parks.md"), point(2, "zh/city/ferry.md")), None, 2)
    )
    assert found.groups == [{"en": "City guide", "zh-CN": "城市指南"}]
    assert [group for _, group, *_ in found.points] == [0, 0]


def test_a_document_without_a_folder_is_a_group_of_its_own() -> None:
    """Somebody's own files are told apart."""
    found = serialize_map(
        CollectionMap((point(1, "a.txt"), point(2, "b.txt"), point(3, "b.txt")), (0.2, 0.3), 3)
    )
    assert [group["en"] for group in found.groups] == ["b.txt", "a.txt"]
    assert [group for _, group, *_ in found.points] == [1, 0, 0]
    assert found.query == (0.2, 0.3)


def test_groups_beyond_the_palette_share_the_last_colour() -> None:
    """The largest keep one of their own."""
    points = [point(number, f"{number}.txt") for number in range(20)] + [point(20, "7.txt")]
    found = serialize_map(CollectionMap(tuple(points), None, 21))
    assert len(found.groups) == MOST_GROUPS
    assert found.groups[0]["en"] == "7.txt"
    assert found.groups[-1] is None
    assert max(group for _, group, *_ in found.points) == MOST_GROUPS - 1
