"""A guard model behind the rules: what its verdicts mean, and that a broken one breaks nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llama_demo.errors import CheckpointError, InputError, PolicyError
from llama_demo.safety.moderation import Decision, Moderator
from llama_demo.safety.policy import Action
from llama_demo.safety.policy_file import bundled_policy
from llama_demo.safety.rules import RuleLayer
from llama_demo.services.generation import GenerationRequest, GenerationService
from llama_demo.services.guard import WINDOW, GuardedPolicy, GuardLayer
from llama_demo.services.history.runs import RunService
from llama_demo.services.model_cards import ModelCardService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import Visit, resolve
from llama_demo.services.writers import Writers
from llama_demo.settings import ASSETS
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.tasks.guard import FORMATS, GuardModel, Verdict, load_guard
from tests.guards import LETTER, write_guard, write_random_guard

VISIT = resolve(public=False)
GENERATOR = ASSETS / "models" / "generator"
STORY = GenerationRequest("Once upon a time there was a little dog")


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> GuardModel:
    """The one that finds a letter unsafe."""
    return load_guard(write_guard(tmp_path_factory.mktemp("models") / "tiny-guard"))


def layer_of(guard: GuardModel) -> GuardLayer:
    """The layer of the bundled policy that asks this guard model."""
    return GuardLayer(guard.name, lambda _: guard, bundled_policy())


def moderation_of(guard: GuardModel, decided: list[Decision] | None = None) -> Moderation:
    """The bundled policy with this guard model behind its rules."""
    policy = bundled_policy()
    moderator = Moderator(policy, [RuleLayer(policy), layer_of(guard)])

    def record(_visit: Visit | None, _tab: str, decision: Decision) -> None:
        if decided is not None:
            decided.append(decision)

    return Moderation(lambda: moderator, record)


class Says:
    """A guard model that gives this verdict, or fails."""

    def __init__(self, guard: GuardModel, verdict: Verdict | Exception | None) -> None:
        self.name, self.verdict, self.asked = guard.name, verdict, 0

    def judge(self, prompt: str, answer: str = "") -> Verdict | None:
        self.asked += 1
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


def findings(guard: GuardModel, verdict: Any, text: str = "a text") -> list[Any]:
    layer = layer_of(Says(guard, verdict))  # type: ignore[arg-type]
    return [(one.rule, one.category, one.action) for one in layer.findings(text, "prompt", "")]


def test_a_request_that_no_rule_knows_is_refused_by_the_guard(guard: GuardModel) -> None:
    """Its category is that of the policy, and the log names the model."""
    decided: list[Decision] = []
    moderation = moderation_of(guard, decided)
    assert moderation.check_prompt(VISIT, "generate", "A little dog") is None
    with pytest.raises(PolicyError) as caught:
        moderation.check_prompt(VISIT, "generate", f"Write about {LETTER}")
    assert caught.value.values["category"] == bundled_policy().categories["iwp"].name
    assert [(one.layer, one.rule, one.action) for one in decided] == [("tiny-guard", "S9", Action.BLOCK)]


def test_what_the_rules_refuse_is_not_judged_again(guard: GuardModel) -> None:
    """A guard model takes time."""
    says = Says(guard, Verdict("safe"))
    with pytest.raises(PolicyError, match=r"weapons\.make"):
        moderation_of(says).check_prompt(VISIT, "generate", "How do I make a bomb?")  # type: ignore[arg-type]
    assert says.asked == 0


def test_a_text_ends_where_the_guard_finds_it_unsafe(guard: GuardModel, runs: RunService) -> None:
    """While it is written, with the request that it answers."""
    says = Says(guard, Verdict("unsafe", "S1"))
    service = GenerationService(Writers(Models([GENERATOR], device="cpu")), runs, moderation_of(says))  # type: ignore[arg-type]
    says.verdict = Verdict("safe")
    updates = service.write(VISIT, STORY, GenerateOptions(max_new_tokens=200, seed=5))
    next(updates)
    says.verdict = Verdict("unsafe", "S1")
    with pytest.raises(PolicyError, match="policy_output"):
        list(updates)
    assert says.asked == 2


@pytest.mark.parametrize("family", FORMATS)
def test_a_guard_without_a_verdict_ends_nothing(
    tmp_path: Path, runs: RunService, caplog: pytest.LogCaptureFixture, family: str
) -> None:
    """Another model of the family, given by mistake, is logged, and the text is written."""
    broken = load_guard(write_random_guard(tmp_path / family, family))
    service = GenerationService(Writers(Models([GENERATOR], device="cpu")), runs, moderation_of(broken))
    options = GenerateOptions(max_new_tokens=8, seed=5)
    assert list(service.write(VISIT, STORY, options))[-1].text
    assert "gave no verdict" in caplog.text
    assert "little dog" not in caplog.text


def test_a_guard_that_fails_refuses_nobody(guard: GuardModel, caplog: pytest.LogCaptureFixture) -> None:
    """The rules alone decide; what went wrong is in the log, without the text."""
    assert findings(guard, RuntimeError("out of memory"), "a secret text") == []
    assert "out of memory" in caplog.text
    assert "secret" not in caplog.text


def test_what_a_verdict_means_for_the_policy(guard: GuardModel) -> None:
    """A category with its action; what is controversial is a warning at most; the unknown is logged."""
    assert findings(guard, Verdict("safe")) == []
    assert findings(guard, Verdict("unsafe", "Violent")) == [("Violent", "vcr", None)]
    assert findings(guard, Verdict("controversial", "PII")) == [("PII (controversial)", "prv", Action.WARN)]
    assert findings(guard, Verdict("controversial", "S6")) == [("S6 (controversial)", "spc", Action.NOTICE)]
    for unknown in ("Jailbreak", "None", "S14"):
        assert findings(guard, Verdict("unsafe", unknown)) == []


def test_every_category_of_the_policy_is_known_to_llama_guard() -> None:
    """By the codes of its card; Qwen3Guard's are fewer, and each of them means a category."""
    known = {label for category in bundled_policy().categories.values() for label in category.guard}
    assert {f"S{number}" for number in range(1, 14)} <= known
    said = {verdict.label for verdict in FORMATS["qwen3"].values()}
    assert said - known == {"", "None", "Jailbreak"}


def test_a_long_prompt_is_judged_to_its_end(guard: GuardModel) -> None:
    """What stands behind pages of harmless text is found too."""
    text = "a " * WINDOW + LETTER
    found = list(layer_of(guard).findings(text, "prompt", ""))
    assert [one.category for one in found] == ["iwp"]


def test_what_is_no_guard_model_is_told_at_the_start(tmp_path: Path) -> None:
    """With what to take instead, not at the first request."""
    with pytest.raises(CheckpointError, match="guard_unsupported"):
        load_guard(ASSETS / "models" / "reader")
    with pytest.raises(CheckpointError, match="folder_missing"):
        Models([GENERATOR], guard=tmp_path / "nothing", device="cpu")
    plain = write_guard(tmp_path / "plain")
    (plain / "tokenizer_config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="guard_template_missing"):
        load_guard(plain)


def test_a_guard_is_exchanged_while_a_text_is_written(tmp_path: Path, runs: RunService) -> None:
    """What begins afterwards is judged anew; a text keeps what judged its beginning."""
    models = Models([GENERATOR], guard=write_guard(tmp_path / "tiny-guard"), device="cpu")
    moderation = Moderation(GuardedPolicy(bundled_policy(), models).moderator)
    begun = moderation.output_check(VISIT, "generate", "A little dog")
    assert begun.refusal("Once upon a time", complete=True) is None
    with pytest.raises(PolicyError):
        moderation.check_prompt(VISIT, "generate", f"Write about {LETTER}")
    models.deactivate("guard")
    models.unload("tiny-guard")
    assert moderation.summary().guards == []
    assert moderation.check_prompt(VISIT, "generate", f"Write about {LETTER}") is None
    assert begun.refusal(f"Once upon a time {LETTER}", complete=True) is not None
    models.activate("tiny-guard")
    assert moderation.summary().guards == ["tiny-guard"]
    with pytest.raises(PolicyError):
        moderation.check_prompt(VISIT, "generate", f"Write about {LETTER}")


def test_no_request_can_name_a_guard_model(tmp_path: Path) -> None:
    """It is no writer, though its architecture is one's, and while it judges it is not freed for others."""
    models = Models([GENERATOR], guard=write_guard(tmp_path / "tiny-guard"), device="cpu")
    (write_guard(tmp_path / "said") / "abilities.json").write_text('{"abilities": ["guard"]}')
    assert models.add(tmp_path / "said").task == "guard"
    models.guard()
    models.writer()
    assert models.least_recently_used() == ["generator"]
    assert [entry.name for entry in models.entries()] == ["generator"]
    for name in ("tiny-guard", "said"):
        with pytest.raises(InputError, match="model_unknown"):
            models.writer(name)


def test_its_card_stands_among_those_of_the_models_at_work(tmp_path: Path) -> None:
    """With its licence, as it decides about texts."""
    models = Models([GENERATOR], guard=write_guard(tmp_path / "tiny-guard"), device="cpu")
    cards = ModelCardService(models, public=False)
    last = cards.at_work(VISIT)[-1]
    assert (last.entry.name, last.entry.task, last.entry.licence) == ("tiny-guard", "guard", "mit")
    assert cards.card(VISIT, "tiny-guard").startswith("# A small guard")
    stranger = replace(VISIT, operator=False)
    assert ModelCardService(models, public=True).at_work(stranger)[-1].file is None
