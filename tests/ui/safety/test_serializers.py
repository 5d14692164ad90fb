"""What the Safety tab gets: the policy in words, and cards of which nothing runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import resolve
from llama_demo.ui.safety.serializers import category_names, policy_html, serialize_card

OPERATOR = resolve(public=False)
STRANGER = resolve(public=True, secret="s" * 32)
POLICY = Moderation().summary()


def test_the_policy_names_every_category_and_every_rule_in_words() -> None:
    """A stakeholder reads what is looked for without reading the lists of terms."""
    html = policy_html(POLICY, OPERATOR, public=False)
    for category in POLICY.categories:
        assert f'data-category="{category.code}"' in html
        assert category.name["zh"] in html
        assert all(f"<code>{rule.id}</code>" in html for rule in category.rules)
    assert html.index("safety-block") < html.index("safety-warn") < html.index("safety-notice")
    assert all(wording in html for wording in ("making", "制作", "a weapon or explosive"))


def test_what_a_file_says_is_shown_as_text() -> None:
    """The file may come from elsewhere."""
    hostile = replace(POLICY, bundled=False, file="<b>x</b>", version="<script>")
    html = policy_html(hostile, STRANGER, public=True)
    assert "<script>" not in html
    assert "<b>" not in html
    assert "AdvBench" not in html, "figures of the bundled rules, said of others"


@pytest.mark.parametrize(("visit", "public", "told"), [(OPERATOR, False, 1), (STRANGER, True, 0)])
def test_only_who_can_change_the_policy_is_told_how(visit: object, public: bool, told: int) -> None:
    """A visitor is told whom to ask."""
    assert ("--policy" in policy_html(POLICY, visit, public=public)) == bool(told)  # type: ignore[arg-type]


def test_categories_have_a_name_in_each_language() -> None:
    """By the tags that the page's texts have."""
    assert category_names(POLICY)["iwp"] == {"en": "weapons", "zh-CN": "武器"}


def test_a_card_runs_nothing_loads_nothing_and_shows_no_tags() -> None:
    """Cards of the hub are full of HTML for pictures and badges."""
    text = (
        '<p align="center"><img src="https://x/y.png" onerror="alert(1)"></p>\n\n# Title\n\n'
        "![logo](https://x/z.png) `List<int>` <!-- note --> [link](javascript:alert(1))"
    )
    shown = str(serialize_card(text).blocks)
    assert "Title" in shown
    assert "List<int>" in shown
    for gone in ("onerror", "x/y.png", "x/z.png", "note", "href"):
        assert gone not in shown
