"""The presets of the page fit the presets of the models."""

from __future__ import annotations

from llama_demo.catalogue import ModelEntry
from llama_demo.services.models import Models
from llama_demo.tasks.presets import PRESETS
from llama_demo.ui.generate import presets
from llama_demo.ui.generate.certainty import LEVELS
from llama_demo.ui.texts import LANGUAGES, catalogue


def entry(*abilities: str) -> ModelEntry:
    """A model that learned these."""
    return ModelEntry(
        "m", "generate", "llama", 1, 1, licence="", context=512, abilities=abilities, bundled=False
    )


def test_what_a_model_cannot_do_is_known() -> None:
    """The bundled kind lacks news; a model that says nothing of itself goes on with texts and quotes."""
    assert [name for name in PRESETS if not presets.able(PRESETS[name], entry("story", "poem"))] == ["news"]
    assert [name for name in PRESETS if not presets.able(PRESETS[name], entry("instruct"))] == []
    assert [name for name in PRESETS if presets.able(PRESETS[name], entry())] == ["summary", "free"]


def test_the_page_opens_with_what_the_model_does_best(models: Models) -> None:
    """The first preset that it learned; else going on with a text."""
    assert presets.first_of(models.active) == "story"
    assert presets.first_of(entry("poem")) == "poem"
    assert presets.first_of(entry()) == "free"


def test_a_chinese_page_opens_on_poems(models: Models) -> None:
    """The bundled model's Chinese stories are none."""
    assert presets.firsts_of(models.active) == {"en": "story", "zh": "poem"}
    assert presets.firsts_of(entry("instruct")) == {"en": "story", "zh": "story"}
    assert all(text.isascii() for text, _ in presets.EXAMPLES["story"])


def test_every_preset_has_its_words_and_examples() -> None:
    """Title, label and placeholder in both languages; something to try."""
    for name in PRESETS:
        for language in LANGUAGES:
            for key in (f"preset.{name}", f"prompt.{name}.label", f"prompt.{name}.placeholder"):
                assert catalogue(language)(key)
        assert presets.EXAMPLES[name]


def test_every_probability_has_a_level() -> None:
    """From certain to hopeless, the surest first."""
    assert list(LEVELS.values()) == sorted(LEVELS.values(), reverse=True)
    assert list(LEVELS.values())[-1] == 0.0
