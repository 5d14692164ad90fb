"""Guard models: decoders that were tuned to say whether a text is safe, and what it is about if not.

Llama Guard 3 (https://www.llama.com/docs/model-cards-and-prompt-formats/llama-guard-3/) answers ``safe``, or
``unsafe`` and a line of codes; Qwen3Guard-Gen (https://github.com/QwenLM/Qwen3Guard) answers
``Safety: Safe``, ``Controversial`` or ``Unsafe`` and a line of categories. The conversation is rendered by
the checkpoint's own chat template, which states the task and the taxonomy. Only verdicts can be written: at
each step the model chooses, greedily, among the tokens by which one of them goes on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from llama_demo.engine.checkpoint import Progress, no_progress
from llama_demo.engine.request import Request, Sampling
from llama_demo.engine.token_filter import TokenSet
from llama_demo.errors import CheckpointError
from llama_demo.model_config import read_config
from llama_demo.tasks.language_model import LanguageModel, load_language_model
from llama_demo.text.chat_template import ChatMessage

Level = Literal["safe", "controversial", "unsafe"]

LEAST = 0.01
"""Probability of a verdict below which the model would have said something else."""

_CODES = tuple(f"S{number}" for number in range(1, 15))
_CATEGORIES = (
    "Violent",
    "Non-violent Illegal Acts",
    "Sexual Content or Sexual Acts",
    "PII",
    "Suicide & Self-Harm",
    "Unethical Acts",
    "Politically Sensitive Topics",
    "Copyright Violation",
    "Jailbreak",
    "None",
)
_LEADS = ("", "\n", "\n\n")
"""What may stand before a verdict: the templates end behind the mark of the answer, or some lines later."""

_GOING_ON = (",", "\n")
"""By which a verdict goes on that names a second category or says more; the first category counts."""


@dataclass(frozen=True)
class Verdict:
    """What a guard model says about a text.

    Attributes:
        label: the category in the model's own taxonomy; empty for a safe text.
        probability: of these words, under the model's own distribution.
    """

    level: Level
    label: str = ""
    probability: float = 1.0


Verdicts = Mapping[str, Verdict]
"""The verdicts of a family by the words in which it gives them."""

FORMATS: Mapping[str, Verdicts] = MappingProxyType(
    {
        "llama": {
            "safe": Verdict("safe"),
            **{f"unsafe\n{code}": Verdict("unsafe", code) for code in _CODES},
        },
        "qwen3": {
            "Safety: Safe": Verdict("safe"),
            **{
                f"Safety: {level.title()}\nCategories: {label}": Verdict(level, label)
                for level in ("controversial", "unsafe")
                for label in _CATEGORIES
            },
        },
    }
)
"""The verdicts of guard models by the ``model_type`` of their configuration."""


@dataclass
class _Node:
    """A place in the tree of all verdicts.

    Attributes:
        children: the places behind it, by token.
        verdict: that ends here.
    """

    children: dict[int, _Node] = field(default_factory=dict)
    verdict: Verdict | None = None


class _VerdictFilter:
    """Lets a sequence spell a verdict, and end behind one."""

    def __init__(self, root: _Node, ends: Iterable[int], size: int) -> None:
        self._node, self._ends, self._size = root, list(ends), size

    def allowed(self) -> TokenSet:
        """The tokens by which some verdict goes on; where one is complete, those that end it too."""
        ends = self._ends if self._node.verdict else []
        return TokenSet.of([*self._node.children, *ends], self._size)

    def accept(self, token: int) -> None:
        """Go on behind ``token``."""
        self._node = self._node.children.get(token, self._node)


@dataclass(frozen=True)
class GuardModel:
    """A guard model that is loaded.

    Attributes:
        name: as the log of decisions calls it.
        verdicts: of its family.
        least: probability below which a verdict is none.
    """

    name: str
    model: LanguageModel
    verdicts: Verdicts
    least: float = LEAST

    def judge(self, prompt: str, answer: str = "") -> Verdict | None:
        """What the model says about the last of the texts; None if it is no verdict.

        Args:
            prompt: what a person asked.
            answer: what a model wrote; without one the prompt is judged.

        Raises:
            CheckpointError: its template fails.
            InputError: the texts are too long for it.
            DeviceError: there was not enough memory.
        """
        request = Request(
            prompt=tuple(self.prompt_ids(prompt, answer)),
            sampling=Sampling(temperature=0.0),
            max_new_tokens=self._longest + 1,
            stop_ids=self.model.tokenizer.end_ids,
            new_filter=lambda: _VerdictFilter(self._root, self._ends, self.model.tokenizer.size),
        )
        node, logprob = self._root, 0.0
        with self.model.engine.submit(request) as stream:
            for step in stream:
                if step.id not in node.children:  # the verdict is complete and goes on
                    break
                node = node.children[step.id]
                logprob += step.logprob
        probability = math.exp(logprob)
        if node.verdict is None or not probability >= self.least:
            return None
        return Verdict(node.verdict.level, node.verdict.label, probability)

    def prompt_ids(self, prompt: str, answer: str = "") -> list[int]:
        """The token ids of the conversation as the model reads it; raises ``CheckpointError`` as above."""
        assert self.model.chat is not None, "a guard model has a chat template"
        messages = [ChatMessage("user", prompt)]
        if answer:
            messages.append(ChatMessage("assistant", answer))
        return self.model.chat.encode(messages, add_generation_prompt=False)

    @cached_property
    def _root(self) -> _Node:
        root = _Node()
        for words, verdict in self.verdicts.items():
            for lead in _LEADS:
                node = root
                for token in self._ids(lead + words):
                    node = node.children.setdefault(token, _Node())
                node.verdict = verdict
        return root

    @cached_property
    def _ends(self) -> frozenset[int]:
        """The tokens that may stand behind a verdict."""
        going_on = [ids[0] for mark in _GOING_ON if len(ids := self._ids(mark)) == 1]
        return self.model.tokenizer.end_ids.union(going_on)

    @cached_property
    def _longest(self) -> int:
        return max(len(self._ids(lead + words)) for words in self.verdicts for lead in _LEADS)

    def _ids(self, text: str) -> Sequence[int]:
        return self.model.tokenizer.encode_pieces([text])


def load_guard(
    folder: Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    cuda_graphs: bool = True,
    progress: Progress = no_progress,
) -> GuardModel:
    """Load a guard model's folder or GGUF file.

    Args:
        cuda_graphs: as in :func:`~llama_demo.engine.engine.load_engine`.

    Raises:
        CheckpointError: it cannot be loaded; ``guard_unsupported`` for a family whose verdicts are unknown,
            ``guard_template_missing`` for a model without a chat template or a mark that ends a text.
        DeviceError: there is no such device.
    """
    family = str(read_config(folder).get("model_type"))
    if family not in FORMATS:
        known = ", ".join(FORMATS)
        raise CheckpointError("guard_unsupported", folder=str(folder), family=family[:40], known=known)
    model = load_language_model(
        folder, device=device, dtype=dtype, cuda_graphs=cuda_graphs, progress=progress
    )
    if model.chat is None or not model.tokenizer.end_ids:
        raise CheckpointError("guard_template_missing", folder=str(folder))
    return GuardModel(model.name, model, FORMATS[family])
