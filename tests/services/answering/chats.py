"""What the tests of conversations ask, and what they look at."""

from __future__ import annotations

from collections.abc import Sequence

from llama_demo.services.answering.answer import Subject, TextPart, Variant
from llama_demo.services.answering.chat import Chat
from llama_demo.services.answering.conversation import AnswerProgress, Conversation, Message
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.database import Database
from llama_demo.tasks.generate import GenerateOptions

ME = resolve(public=False, page="p" * 64)
MINE = resolve(public=False, save=False, page="p" * 64)
ELSEWHERE = resolve(public=False, save=False, page="q" * 64)
ANN, BEA = (resolve(public=True, secret=name * 32, save=True, page=name * 64) for name in "ab")

TEXT = Subject(
    (TextPart("The library opens at nine o'clock. Ann Miller founded it in 1907.", "library.txt"),)
)
CHAT = Subject()
SHORT = GenerateOptions(max_new_tokens=8, seed=7)
STORY = Variant("generative", grounded=False)


class Chats:
    """Conversations, and what is said in them."""

    def __init__(self, conversations: ConversationService, answering: AnswerService) -> None:
        self.conversations = conversations
        self.chat = Chat(answering, conversations)

    def asked(
        self,
        one: Conversation,
        question: str = "Who founded the library?",
        *,
        parent: str | None = None,
        visit: Visit = ME,
        variants: Sequence[Variant] = (Variant(),),
    ) -> list[AnswerProgress]:
        """A question with all that its answers tell."""
        return list(
            self.chat.say(
                visit, self.current(visit, one), question, parent=parent, variants=variants, options=SHORT
            )
        )

    def answered(
        self, visit: Visit = ME, question: str = "Who founded the library?"
    ) -> tuple[Conversation, AnswerProgress]:
        """A conversation about the library with one question, and its answer."""
        one = self.conversations.begin(visit, TEXT)
        said = self.asked(one, question, visit=visit)[-1]
        return self.conversations.open(visit, one.id), said

    def current(self, visit: Visit, one: Conversation) -> Conversation:
        """The conversation with all that was said in it meanwhile."""
        return self.conversations.open(visit, one.id)

    def titles(self, visit: Visit = ME, query: str = "") -> list[str]:
        """What the list shows."""
        return [entry.title for entry in self.conversations.page(visit, query)]


def versions(one: Conversation, message: Message) -> list[Message]:
    """All that follow the same message in the same role."""
    return [each for each in one.messages if (each.parent, each.role) == (message.parent, message.role)]


def on_disk(database: Database, *needles: str) -> list[str]:
    """Which of these texts stand in some file of the data folder."""
    content = b"".join(file.read_bytes() for file in database.path.parent.rglob("*") if file.is_file())
    return [needle for needle in needles if needle.encode() in content]
