"""What the page is told of a conversation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from llama_demo.documents.document import DocumentNotice
from llama_demo.services.answering.answer import AnswerUpdate, Evidence, Subject, TextPart, Variant
from llama_demo.services.answering.conversation import Conversation
from llama_demo.services.answering.sources import SourceFile
from llama_demo.ui.ask.serializers import serialize_begun, serialize_facts


def test_what_a_file_lacks_is_shown_in_every_language() -> None:
    """Under the name of the file, before the first question."""
    file = SourceFile(
        (TextPart("lamp: lit", "log.jsonl"),), (DocumentNotice("lines_damaged", {"damaged": 1, "count": 2}),)
    )
    now = datetime.now(UTC)
    begun = Conversation("c1", "", "text", now, now, True, "", Subject(parts=file.parts), None)
    item = serialize_begun(begun, file)
    assert (item.id, item.subject.name) == ("c1", "log.jsonl")
    (told,) = item.notices
    assert "1 of 2 lines are damaged" in told
    assert "2 行中有 1 行已损坏" in told


@pytest.mark.parametrize(("score", "across"), [(0.8, True), (0.1, False)])
def test_another_language_is_only_advised_where_a_passage_is_close(score: float, across: bool) -> None:
    """Whoever asks about what stands nowhere is not sent to another language."""
    update = AnswerUpdate(
        "",
        "done",
        Variant("extractive"),
        answerable=False,
        standalone="When does the tea house open?",
        retrieved=(Evidence("茶馆早上七点开门，晚上九点关门。", score=score),),
    )
    assert serialize_facts(update).across is across
