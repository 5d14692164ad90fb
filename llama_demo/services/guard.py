"""The second layer of the content policy: a guard model behind the rules."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.fair_share import Client
from llama_demo.errors import CheckpointError
from llama_demo.safety.moderation import Finding
from llama_demo.safety.policy import Action, Policy, Stage
from llama_demo.services.model_folders import describe, read_supported_config
from llama_demo.tasks.guard import FORMATS, GuardModel, Verdict
from llama_demo.tasks.language_model import load_language_model

_logger = logging.getLogger(__name__)

WINDOW = 6_000
"""Characters that are judged at once: a prompt in pieces, of an output the end."""


@dataclass(frozen=True)
class LoadedGuard:
    """A guard model with its place.

    Attributes:
        folder: or GGUF file.
    """

    guard: GuardModel
    entry: ModelEntry
    folder: Path

    def layer(self, policy: Policy) -> GuardLayer:
        """The layer of a policy that asks this model."""
        return GuardLayer(self.guard, policy)

    def forget(self, visitor: Client) -> None:
        """Drop what the model keeps of a visitor's texts, so that the next text is read sooner."""
        self.guard.model.engine.forget(visitor)


def load_guard(folder: Path, *, device: str = "auto", dtype: str = "auto") -> LoadedGuard:
    """Load a guard model's folder or GGUF file.

    Raises:
        CheckpointError: it cannot be loaded; ``guard_unsupported`` for a family whose verdicts are unknown,
            ``guard_template_missing`` for a model without a chat template or a mark that ends a text.
        DeviceError: there is no such device.
    """
    config = read_supported_config(folder)
    verdicts = FORMATS.get(str(config.get("model_type")))
    if verdicts is None:
        known = ", ".join(FORMATS)
        raise CheckpointError(
            "guard_unsupported", folder=str(folder), family=str(config.get("model_type"))[:40], known=known
        )
    entry = describe(folder, bundled=False)
    model = load_language_model(folder, device=device, dtype=dtype)
    if model.chat is None or not model.tokenizer.end_ids:
        raise CheckpointError("guard_template_missing", folder=str(folder))
    return LoadedGuard(GuardModel(model, verdicts), entry, folder)


class GuardLayer:
    """Asks a guard model, and finds the category of the policy that its verdict names.

    What it cannot judge, for whatever reason, is left to the rules and logged: a broken guard model refuses
    nobody's request, and ends nobody's text.
    """

    interval = 400

    def __init__(self, guard: GuardModel, policy: Policy) -> None:
        self._guard = guard
        self._categories = {
            label: category for category in policy.categories.values() for label in category.guard
        }
        self.name = guard.model.name

    def findings(self, text: str, stage: Stage, prompt: str, /) -> Iterator[Finding]:
        """The category of the first part of the text that is not safe."""
        if stage == "output":
            pairs = [(prompt[-WINDOW:], text[-WINDOW:])]
        else:
            pairs = [(text[at : at + WINDOW], "") for at in range(0, len(text), WINDOW)]
        for question, answer in pairs:
            verdict = self._verdict(question, answer)
            finding = self._finding(verdict) if verdict is not None else None
            if finding is not None:
                yield finding
                return

    def _verdict(self, prompt: str, answer: str = "") -> Verdict | None:
        try:
            verdict = self._guard.judge(prompt, answer)
        except Exception:  # whatever breaks in a model of others
            _logger.exception("the guard model %s failed; the rules alone decide", self.name)
            return None
        if verdict is None:
            _logger.warning("the guard model %s gave no verdict; the rules alone decide", self.name)
        return verdict

    def _finding(self, verdict: Verdict) -> Finding | None:
        """What a verdict means for the policy; None for a safe text and for what the policy does not name."""
        if verdict.level == "safe":
            return None
        category = self._categories.get(verdict.label)
        if category is None:
            _logger.warning("the guard model %s found %s, which the policy has not", self.name, verdict.label)
            return None
        if verdict.level == "unsafe":
            return Finding(verdict.label, category.code)
        action = min(category.action, Action.WARN)
        return Finding(f"{verdict.label} (controversial)", category.code, action)
