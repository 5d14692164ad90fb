"""Where a small model says no, and where it must not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llama_demo.errors import InputError
from llama_demo.tasks.declining import check_continuable, without_declining
from llama_demo.tasks.generate import GenerateOptions, Generation
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.presets import PRESETS
from llama_demo.tasks.prompts import prompt_for


def continuable(writer: LanguageModel, text: str) -> str:
    """The key of the refusal, or empty."""
    try:
        check_continuable(writer, prompt_for(writer, PRESETS["free"], text))
    except InputError as error:
        return error.key
    return ""


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("What is the capital of France?", "continue_declined"),
        ("今天天气很好，我和妈妈去公园。", "continue_prose"),
        ("请把这句话翻译成英文：我饿了。", "continue_prose"),
        ("Once upon a time there was a little dog", ""),
        ("A mouse found a key in the garden.", ""),
        ("春眠不觉晓，", ""),
        ("白日依山尽，黄河入", ""),
        ("“春眠不觉晓，", ""),
        ("Tom learned the word 山 and drew a mountain.", ""),
    ],
)
def test_what_it_cannot_continue_is_refused_before_a_word(
    text: str, refusal: str, writer: LanguageModel
) -> None:
    """An answer that declines must not grow out of a visitor's own text."""
    assert continuable(writer, text) == refusal


def test_a_model_without_declines_continues_anything(writer: LanguageModel) -> None:
    """A visitor's own model is not judged by what the bundled one cannot do."""
    assert continuable(replace(writer, declines=()), "What is the capital of France?") == ""


def test_a_preset_is_never_declined(writer: LanguageModel) -> None:
    """The page offered it, so the page may not refuse it: this one was declined in one of five tries."""
    prompt = prompt_for(writer, PRESETS["story"], "写一个关于两个好朋友的童话。")
    for seed in range(4):
        options = GenerateOptions(seed=seed, max_new_tokens=6)
        guided = Generation(writer, prompt, options, guidance=without_declining(writer))
        text = "".join(piece.text for piece in guided)
        assert not any(decline.startswith(text[:4]) for decline in writer.declines)
