"""What the tests of the content policy share: the rules that the app brings along."""

from __future__ import annotations

from functools import cache

import pytest

from llama_demo.safety.policy_file import bundled_policy
from llama_demo.safety.rules import RuleLayer


@cache
def _rules() -> RuleLayer:
    return RuleLayer(bundled_policy())


@pytest.fixture
def rules() -> RuleLayer:
    """The rules of the bundled policy."""
    return _rules()
