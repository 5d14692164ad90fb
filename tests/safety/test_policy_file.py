"""The bundled policy: complete, in both languages, and made of intents with objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.errors import SettingsError
from llama_demo.page_languages import PAGE_LANGUAGES
from llama_demo.safety.policy_file import bundled_policy, load_policy
from llama_demo.safety.rules import RuleLayer


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


OWN = """
version: 2026-12-01
categories:
  club:
    action: notice
    name: club secrets
    explanation: {en: What only members know.}
  vcr: {guard: S1, action: block, name: {en: x, zh: 某}, explanation: x}
rules:
  - {id: club.tell, category: club, all: [howto, handshake]}
  - {id: weapons.make, category: vcr, all: [howto|request, make, weapon], unless: [game], within: 5}
terms:
  en: {handshake: [secret handshake], weapon: [cannon]}
lists:
  handshake: {en: the handshake, zh: 暗号}
"""


def test_a_file_of_ones_own_stands_in_place_of_the_bundled_one(tmp_path: Path) -> None:
    """Its lists replace those of their name and language; lists that it lacks are the bundled ones."""
    file = tmp_path / "mine.yaml"
    file.write_text(OWN, encoding="utf-8")
    policy = load_policy(file)
    assert (policy.version, policy.name, policy.bundled) == ("2026-12-01", "mine.yaml", False)
    assert policy.categories.keys() == {"club", "vcr"}
    assert policy.categories["club"].name == {"en": "club secrets", "zh": "club secrets"}
    assert policy.categories["club"].explanation["zh"] == "What only members know."
    assert policy.categories["vcr"].guard == ("S1",)
    assert policy.lists["make"] == bundled_policy().lists["make"]
    rules = RuleLayer(policy)
    found = {text: [one.rule for one in rules.findings(text, "prompt")] for text in ASKED}
    assert found == {
        ASKED[0]: ["club.tell"],
        ASKED[1]: ["weapons.make"],
        ASKED[2]: [],
        ASKED[3]: ["weapons.make"],
    }


ASKED = (
    "What is, how to do the secret handshake?",
    "How to make a cannon",
    "How to make a bomb",
    "怎么制造炸弹",
)

BROKEN = {
    "categories: [": ("policy_syntax", 2),
    "": ("policy_invalid", "mine.yaml"),
    OWN.replace("action: notice", "action: forbid"): ("policy_invalid", "categories / club / action"),
    OWN.replace("    name: club secrets\n", ""): ("policy_invalid", "categories / club / name"),
    OWN.replace("within: 5", "within: many"): ("policy_invalid", "rules / 1 / within"),
    OWN.replace("unless:", "except:"): ("policy_invalid", "rules / 1 / except"),
    OWN.replace("version: 2026-12-01", ""): ("policy_invalid", "version"),
    OWN.replace("all: [howto, handshake]", "all: [howto, handshakes]"): ("policy_unknown", "handshakes"),
    OWN.replace("category: club", "category: clubs"): ("policy_unknown", "clubs"),
    OWN.replace("id: club.tell", "id: weapons.make"): ("policy_twice", "weapons.make"),
    OWN.replace("[cannon]", "cannon"): ("policy_invalid", "terms / en / weapon"),
    OWN.replace("name: club secrets", "name: []"): ("policy_invalid", "categories / club / name / en"),
    "\x00": ("policy_syntax", 1),
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_told_with_the_place(tmp_path: Path, text: str) -> None:
    """A rule that names a list that does not exist would never apply, and no one would notice."""
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    key, place = BROKEN[text]
    with pytest.raises(SettingsError, match=key) as caught:
        load_policy(file)
    values = caught.value.values
    assert place in (values.get("line"), values.get("place"), values.get("name"), values.get("rule"))
    assert values["path"] == str(file)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    """So is a folder."""
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xfe\x00\xd8")
    for path in (tmp_path / "nothing.yaml", tmp_path, tmp_path / "picture.yaml"):
        with pytest.raises(SettingsError, match="policy_unreadable"):
            load_policy(path)
