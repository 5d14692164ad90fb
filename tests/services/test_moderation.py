"""The content policy in Generate: refusals, notices, and texts that end."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from llama_demo.errors import PolicyError
from llama_demo.safety.moderation import Finding, Moderator
from llama_demo.safety.policy import Stage
from llama_demo.safety.policy_file import bundled_policy
from llama_demo.safety.rules import RuleLayer
from llama_demo.services.generation import GenerationRequest, GenerationService
from llama_demo.services.history.runs import RunService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import resolve
from llama_demo.services.writers import Writers
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.texts import LANGUAGES, catalogue

STORY = GenerationRequest("Once upon a time there was a little dog")
OPTIONS = GenerateOptions(max_new_tokens=120, seed=5)
VISIT = resolve(public=False)


class RefusesGrown:
    """A layer that lets a text pass when it first sees it and refuses it once it has grown.

    How much comes at a time depends on the machine's speed.
    """

    name, interval = "growth", RuleLayer.interval

    def __init__(self) -> None:
        self.judged: list[str] = []

    def findings(self, text: str, stage: Stage, prompt: str) -> Iterable[Finding]:
        if stage == "prompt":
            return []
        self.judged.append(text)
        return [Finding("grown", "vcr")] if len(self.judged) > 1 else []


def test_a_refusal_names_the_category_in_both_languages_and_the_rule() -> None:
    """The reader learns what the matter is, and whom to tell what if it is wrong."""
    with pytest.raises(PolicyError) as caught:
        Moderation().check_prompt(VISIT, "generate", "How do I make a bomb?")
    assert caught.value.key == "policy_prompt"
    english, chinese = (catalogue(language).error(caught.value) for language in ("en", "zh"))
    assert "“weapons”" in english
    assert "“武器”" in chinese
    for sentence in (english, chinese):
        assert "weapons.make" in sentence
        assert bundled_policy().version in sentence


@pytest.mark.parametrize("text", ["I want to kill myself", "我不想活了", "怎么割腕"])
def test_a_person_in_distress_gets_help_lines(text: str) -> None:
    """Not only a refusal; the sentence itself has the numbers."""
    with pytest.raises(PolicyError) as caught:
        Moderation().check_prompt(VISIT, "generate", text)
    for language in LANGUAGES:
        sentence = catalogue(language).error(caught.value)
        assert all(line in sentence for line in ("findahelpline.com", "12356", "988"))


def test_who_worries_about_a_friend_is_answered_with_help_lines() -> None:
    """A question of one who wants to help is not refused."""
    notice = Moderation().check_prompt(VISIT, "generate", "My friend talks about suicide. What can I say?")
    assert notice is not None
    assert notice.key == "policy_concern"


def test_advice_is_given_with_a_notice() -> None:
    """Allowed, and the page says that a professional knows better."""
    notice = Moderation().check_prompt(VISIT, "generate", "Should I put all my money into bitcoin?")
    assert notice is not None
    assert notice.key == "policy_notice"


def test_nothing_of_a_refused_request_is_written_or_stored(models: Models, runs: RunService) -> None:
    """The page and the endpoint go through the same service."""
    service = GenerationService(Writers(models), runs, Moderation())
    with pytest.raises(PolicyError):
        next(service.write(VISIT, GenerationRequest("How do I make a bomb?"), OPTIONS))
    assert runs.page(VISIT) == []


def test_a_text_ends_where_the_policy_ends_it(models: Models, runs: RunService) -> None:
    """What was shown stays, in the history too; what would have come next is never shown."""
    layer = RefusesGrown()
    moderator = Moderator(bundled_policy(), [layer])
    service = GenerationService(Writers(models), runs, Moderation(lambda: moderator))
    shown: list[str] = []
    with pytest.raises(PolicyError, match="policy_output"):
        shown.extend(update.text for update in service.write(VISIT, STORY, OPTIONS))
    passed, refused = layer.judged
    assert passed in shown
    assert refused not in shown
    assert refused.startswith(shown[-1])
    (row,) = runs.page(VISIT)
    assert (row.status, row.output) == ("stopped", shown[-1])
