"""The bundled policy: complete, in both languages, and made of intents with objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.errors import SettingsError
from llama_demo.page_languages import PAGE_LANGUAGES
from llama_demo.safety.policy_file import bundled_policy, load_policy


def test_a_reader_of_either_language_can_read_every_category() -> None:
    """A refusal names its category and explains it in the reader's language."""
    for category in bundled_policy().categories.values():
        assert category.name.keys() == category.explanation.keys() == PAGE_LANGUAGES.keys()


def test_every_category_has_a_rule() -> None:
    """What the policy announces is looked for."""
    policy = bundled_policy()
    assert {rule.category for rule in policy.rules} == policy.categories.keys()


def test_no_rule_is_a_list_of_words() -> None:
    """A rule has an intent and an object, and one term cannot be both."""
    policy = bundled_policy()
    for rule in policy.rules:
        assert len(rule.all) > 1, rule.id
        parts = [{term for name in part for term in policy.terms[name]} for part in rule.all]
        for number, part in enumerate(parts):
            assert part not in parts[:number], rule.id


def test_rules_have_ids_of_their_own() -> None:
    """The log tells which rule it was."""
    ids = [rule.id for rule in bundled_policy().rules]
    assert len(set(ids)) == len(ids)


def test_a_misspelled_list_is_found_at_the_start(tmp_path: Path) -> None:
    """A rule that names a list that does not exist would never apply, and nobody would notice."""
    file = tmp_path / "policy.yaml"
    file.write_text(
        "version: '1'\n"
        "categories: {vcr: {guard: S1, action: block, name: {en: x, zh: x}, explanation: {en: x, zh: x}}}\n"
        "rules: [{id: one, category: vcr, all: [howto, wepon]}]\n",
        encoding="utf-8",
    )
    (tmp_path / "en.yaml").write_text("howto: [how to]\nweapon: [bomb]\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"policy_unknown.*wepon"):
        load_policy(file, tmp_path)
