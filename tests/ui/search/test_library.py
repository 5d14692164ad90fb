"""Several jobs as one."""

from llama_demo.services.library.jobs import IndexedDocument, IndexingProgress, RejectedFile
from llama_demo.ui.search.serializers import serialize_progress


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
