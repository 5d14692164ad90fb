"""The Ask tab: questions about documents, about a text, or about anything, and where the answers come from.

The page is one ``gr.HTML`` whose scripts, in ``assets/js/ask``, put every text in as text. Its value is what
:mod:`llama_demo.ui.ask.lines` makes of an answer that is on its way.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any

import gradio as gr

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import InputError
from llama_demo.services.asking.answer import TextPart
from llama_demo.services.asking.conversation import AnswerProgress, Conversation
from llama_demo.services.asking.sources import LARGEST_FILE, SUFFIXES
from llama_demo.services.history.runs import Run
from llama_demo.ui import markup
from llama_demo.ui.ask import files
from llama_demo.ui.ask.examples import examples, openings
from llama_demo.ui.ask.lines import Lines
from llama_demo.ui.ask.looking import Looking
from llama_demo.ui.ask.wishes import DARING, LONGEST_SYSTEM, About, Wish
from llama_demo.ui.collections import Collections
from llama_demo.ui.frame import Frame, Reopening, TabParts
from llama_demo.ui.handlers import Call, notice_of
from llama_demo.ui.json_line import json_line
from llama_demo.ui.texts import Texts, spoken
from llama_demo.ui.turns import Turns
from llama_demo.ui.wishes import read

TASK = "ask"

WAYS = ("library", "text", "chat")
"""What can be asked about; the first one is chosen when the page opens."""

PRESETS = ("short", "child", "teacher", "poet")
"""Ways to answer, for a model that can be told how."""

KEYS: Sequence[tuple[tuple[str, ...], str]] = (
    (("Enter",), "send"),
    (("Shift", "Enter"), "line"),
    (("Esc",), "stop"),
    (("/",), "question"),
    (("N",), "new"),
    (("S",), "side"),
    (("E",), "edit"),
    (("R",), "again"),
    (("[", "]"), "versions"),
    (("?",), "help"),
)
"""Keys with the last part of the text ``ask.keys.…`` that says what they do."""

SCRIPTS = (
    "sheet/words",
    "sheet/passage",
    "sheet/reading",
    "sheet/voices",
    "sheet/dropping",
    "ask/tree",
    "ask/rich",
    "ask/evidence",
    "ask/answer",
    "ask/turns",
    "ask/following",
    "ask/subject",
    "ask/side",
    "ask/voice",
    "ask/keys",
    "ask/asking",
)
"""The scripts of the page, in the order in which they build on each other."""

Answers = Generator[tuple[str], None, None]


def build(frame: Frame) -> TabParts:
    """Make the components of the tab and bind their events."""
    markup.piece("ask_title.html")
    page = _page(frame)
    notice = markup.piece("nothing.html", id="ask-notice", classes="notice")
    desk = Desk(frame)
    frame.handlers.on(page.select, desk.act, outputs=[page], notice=notice, trigger_mode="multiple")
    routes = files.routes(frame.services, frame.handlers)
    return TabParts(Reopening(TASK, [page], _shown_again), routes=routes)


def _page(frame: Frame) -> gr.HTML:
    models, handlers = frame.services.models, frame.handlers
    readers, writer = models.entries("ask"), models.active
    about, looking = Collections(frame.services).about, Looking(frame.services)
    return gr.HTML(
        "",
        html_template=markup.render("ask.html", **_filling(readers, writer)),
        js_on_load=markup.scripts(*SCRIPTS),
        server_functions=handlers.scripts(
            about,
            looking.talks,
            looking.talk,
            looking.of_run,
            looking.choose,
            looking.branch,
            looking.stop,
            looking.keep,
            looking.surroundings,
            looking.exact,
            looking.suggested,
        ),
        elem_id="ask",
        apply_default_css=False,
        texts=spoken(("ask.", "ability.", "list.", "search.", "keep.")),
        status="#ask-status",
        names={},
        readers=[one.name for one in readers],
        instructed="instruct" in writer.abilities,
        examples=[asdict(one) for one in examples()],
        openings=openings(writer.abilities),
    )


def _filling(readers: Sequence[ModelEntry], writer: ModelEntry) -> dict[str, Any]:
    """What the template is filled with."""
    instructed = "instruct" in writer.abilities

    def limits(texts: Texts) -> str:
        return texts("list.and").join(map(texts.ability, writer.abilities))

    return {
        "ways": WAYS,
        "examples": examples(),
        "presets": PRESETS,
        "daring": tuple(DARING),
        "keys": KEYS,
        "marks": bool(readers),
        "instructed": instructed,
        "limits": limits if writer.abilities and not instructed else None,
        "writer": writer.name,
        "suffixes": SUFFIXES,
        "megabytes": LARGEST_FILE // 2**20,
        "longest_system": LONGEST_SYSTEM,
    }


class Desk:
    """The handler of the page: whatever is to be answered."""

    def __init__(self, frame: Frame) -> None:
        self._conversations = frame.services.conversations
        self._chat = frame.services.chat
        self._sources = frame.services.sources
        self._turns = Turns()

    def act(self, call: Call) -> Answers:
        """Stream an answer, or several, until something else is asked for."""
        wish = read(Wish, call.event)
        return self._turns.follow(call.page, call.turn, self._answered(call, wish), cleared=("",))

    def _answered(self, call: Call, wish: Wish) -> Answers:
        lines = Lines(wish.ask)
        try:
            stream = self._said(call, wish, self._conversation(call, wish))
            with closing(stream):
                for number, said in enumerate(stream):
                    if number == 0:
                        lines.talk(self._conversations.heading(call.visit, said.conversation))
                        lines.question(said, parent=wish.parent, content=wish.text.strip())
                    if lines.add(said):
                        yield (lines.text,)
        except Exception as failure:  # noqa: BLE001  (a defect is logged where it is turned)
            lines.problem(notice_of(failure, self.act))
        yield (lines.end(),)

    def _conversation(self, call: Call, wish: Wish) -> Conversation:
        """The one that goes on, or a new one."""
        if wish.conversation:
            return self._conversations.open(call.visit, wish.conversation)
        about = wish.subject or About()
        return self._conversations.begin(call.visit, about.subject(self._parts(about)))

    def _parts(self, about: About) -> tuple[TextPart, ...]:
        return self._sources.pasted(about.text) if about.kind == "text" else ()

    def _said(
        self, call: Call, wish: Wish, conversation: Conversation
    ) -> Generator[AnswerProgress, None, None]:
        visit, chat, options = call.visit, self._chat, wish.options
        if wish.act == "again":
            return chat.again(visit, conversation, wish.message, options=options, key=call.page)
        if wish.act == "go_on":
            return chat.continue_(visit, conversation, wish.message, options=options, key=call.page)
        if wish.act == "also":
            variant = wish.variants[0].variant
            return chat.add_answer(visit, conversation, wish.message, variant, options=options, key=call.page)
        if not wish.text.strip():
            raise InputError("question_empty")
        return chat.say(
            visit,
            conversation,
            wish.text,
            parent=wish.parent,
            variants=[one.variant for one in wish.variants],
            options=options,
            key=call.page,
        )


def _shown_again(run: Run) -> Sequence[Any]:
    """What a run of the history asked; the page opens its conversation, or has the question ready."""
    told = {
        "run": run.id,
        "question": run.input,
        "kind": run.options.get("kind", WAYS[0]),
        "collection": run.options.get("collection", ""),
    }
    return [json_line({"reopen": told})]
