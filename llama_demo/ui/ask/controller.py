"""The controller of the Ask tab: streams answers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from llama_demo.errors import InputError
from llama_demo.services.answering.answer import TextPart
from llama_demo.services.answering.conversation import AnswerProgress, Conversation
from llama_demo.ui.ask.schemas import AskRequest, SubjectRequest
from llama_demo.ui.ask.stream import AnswerStream
from llama_demo.ui.calls import Call
from llama_demo.ui.latest_streams import LatestStreams
from llama_demo.ui.notices import notice_of
from llama_demo.ui.schemas import parse
from llama_demo.ui.tab_context import Services

Answers = Generator[tuple[str], None, None]
"""Values of the page, each of which begins with the one before."""


class AskController:
    """The handler of the tab's event."""

    def __init__(self, services: Services) -> None:
        self._conversations = services.conversations
        self._chat = services.chat
        self._sources = services.sources
        self._streams = LatestStreams()

    def act(self, call: Call) -> Answers:
        """Stream one or several answers, until the page sends another request."""
        request = parse(AskRequest, call.event)
        return self._streams.follow(call.page, call.number, self._answered(call, request), cleared=("",))

    def _answered(self, call: Call, request: AskRequest) -> Answers:
        stream = AnswerStream(request.ask)
        try:
            with closing(self._progress(call, request, self._conversation(call, request))) as steps:
                for number, progress in enumerate(steps):
                    if number == 0:
                        stream.conversation(self._conversations.heading(call.visit, progress.conversation))
                        stream.question(progress, parent=request.parent, content=request.text.strip())
                    if stream.answer(progress):
                        yield (stream.text,)
        except Exception as failure:  # noqa: BLE001  (a defect is logged where it is turned)
            stream.problem(notice_of(failure, self.act))
        yield (stream.end(),)

    def _conversation(self, call: Call, request: AskRequest) -> Conversation:
        """The conversation of the request, or a new one."""
        if request.conversation:
            return self._conversations.open(call.visit, request.conversation)
        about = request.subject or SubjectRequest()
        return self._conversations.begin(call.visit, about.subject(self._parts(about)))

    def _parts(self, about: SubjectRequest) -> tuple[TextPart, ...]:
        return self._sources.pasted(about.text) if about.kind == "text" else ()

    def _progress(
        self, call: Call, request: AskRequest, conversation: Conversation
    ) -> Generator[AnswerProgress, None, None]:
        visit, message, options, key = call.visit, request.message, request.options, call.page
        if request.act == "again":
            return self._chat.again(visit, conversation, message, options=options, key=key)
        if request.act == "continue":
            return self._chat.continue_(visit, conversation, message, options=options, key=key)
        if request.act == "add":
            variant = request.variants[0].variant
            return self._chat.add_answer(visit, conversation, message, variant, options=options, key=key)
        if not request.text.strip():
            raise InputError("question_empty")
        return self._chat.say(
            visit,
            conversation,
            request.text,
            parent=request.parent,
            variants=[one.variant for one in request.variants],
            options=options,
            key=key,
        )
