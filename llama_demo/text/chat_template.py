"""Chat templates: a conversation as the text and the token ids that a checkpoint expects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from llama_demo.errors import CheckpointError
from llama_demo.text.template_sandbox import SandboxedTemplate
from llama_demo.text.tokenizers.tokenizer import Tokenizer, read_vocabulary_settings
from llama_demo.unicode import replace_lone_surrogates

# Noncharacters, which no text contains. They enclose a special token that a user typed.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_PROBE = "hello"


@dataclass(frozen=True)
class ChatMessage:
    """One turn of a conversation.

    Attributes:
        role: ``system``, ``user`` or ``assistant``.
    """

    role: str
    content: str


class ChatTemplate:
    """A checkpoint's own Jinja2 template, rendered in a sandbox.

    Marks that a person types into a message, such as ``<|im_end|>``, stay text. Otherwise users
    could end their turn and write the assistant's or the system's. When the template is rendered,
    such a mark stands between two characters that occur in no text; when ids are made, it is encoded
    alone, by a vocabulary that knows no marks. A conversation without typed marks is rendered
    and encoded exactly as the reference does it, and one with marks as the reference does it with its
    ``sanitize_control_tokens``.

    Args:
        source: Jinja2.

    Raises:
        CheckpointError: the template is not valid.
    """

    def __init__(self, source: str, tokenizer: Tokenizer) -> None:
        self._template = SandboxedTemplate(source)
        self._tokenizer = tokenizer
        written = "\0".join(self._template.literals)
        # Tokens such as <think> are no marks to the vocabulary, but are where the template writes them.
        marks = [mark for mark, special in tokenizer.marks.items() if special or _stands_in(mark, written)]
        self._typed = _any_of(marks)
        self._guarded = re.compile(
            f"{_OPEN}({_any_of(list(tokenizer.marks)).pattern}){_CLOSE}|[{_OPEN}{_CLOSE}]"
        )

    def render(self, messages: Sequence[ChatMessage], *, add_generation_prompt: bool = True) -> str:
        """The conversation as the model reads it, for display.

        Args:
            add_generation_prompt: end with what opens the assistant's turn.

        Raises:
            CheckpointError: the template fails, does not end, or refuses these messages (some take no
                system message, some want roles in turn).
        """
        return self._render([(message.role, message.content) for message in messages], add_generation_prompt)

    def encode(
        self, messages: Sequence[ChatMessage], *, add_generation_prompt: bool = True, begins: str = ""
    ) -> list[int]:
        """The ids of the conversation; raises as :meth:`render`.

        Args:
            begins: of the assistant's next turn, what stands already and is gone on from.
        """
        turns = [(message.role, self._guard(message.content)) for message in messages]
        rendered = self._render(turns, add_generation_prompt)
        if not any(self._typed.search(message.content) for message in messages):
            return self._tokenizer.encode_pieces([rendered, begins])
        # Text, a typed mark, text, a typed mark ... text; nothing where a method of the template has
        # torn a mark from its guards, which then still keep what is left from joining.
        pieces = [piece or "" for piece in self._guarded.split(rendered)]
        return self._tokenizer.encode_pieces([*pieces, begins])

    def _guard(self, content: str) -> str:
        if not self._typed.search(content):
            return content
        content = content.replace(_OPEN, "").replace(_CLOSE, "")
        return self._typed.sub(rf"{_OPEN}\g<0>{_CLOSE}", content)

    @cached_property
    def _takes_parts(self) -> bool:
        """Whether a message is a list of parts to the template, which writes nothing of a plain text."""
        shown = []
        for content in (_PROBE, [{"type": "text", "text": _PROBE}]):
            try:
                shown.append(_PROBE in self._filled([{"role": "user", "content": content}], True))
            except CheckpointError:
                shown.append(False)
        return shown == [False, True]

    def _render(self, turns: list[tuple[str, str]], add_generation_prompt: bool) -> str:
        return self._filled(
            [
                {"role": role, "content": [{"type": "text", "text": text}] if self._takes_parts else text}
                for role, text in turns
            ],
            add_generation_prompt,
        )

    def _filled(self, messages: list[dict[str, Any]], add_generation_prompt: bool) -> str:
        rendered = self._template.render(
            {
                **self._tokenizer.named,
                "messages": messages,
                "tools": None,
                "documents": None,
                "add_generation_prompt": add_generation_prompt,
            }
        )
        return replace_lone_surrogates(rendered)


def _any_of(texts: list[str]) -> re.Pattern[str]:
    # The longest first, so that a mark goes before those within it.
    return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))) or "(?!)")


def _stands_in(mark: str, written: str) -> bool:
    return bool(mark.strip()) and mark in written


def has_chat_template(folder: Path) -> bool:
    """Whether a model folder or a GGUF file has a chat template.

    Raises:
        CheckpointError: its settings are broken.
    """
    return read_vocabulary_settings(folder).chat_template is not None


def load_chat_template(folder: Path, tokenizer: Tokenizer) -> ChatTemplate | None:
    """The template of a folder or a GGUF file; ``None`` if it has none, as models that only continue text.

    Raises:
        CheckpointError: it is not valid.
    """
    source = read_vocabulary_settings(folder).chat_template
    return None if source is None else ChatTemplate(source, tokenizer)
