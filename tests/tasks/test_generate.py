"""Continuing a text with the bundled model."""

from __future__ import annotations

import pytest

from llama_demo.engine.request import FinishReason, Step
from llama_demo.errors import InputError
from llama_demo.tasks.generate import GeneratedPiece, GenerateOptions, Generation, TokenDecoder
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.presets import PRESETS
from llama_demo.tasks.prompts import LONGEST_PROMPT, Prompt, prompt_for
from llama_demo.text.stop_strings import StopStrings
from llama_demo.text.streaming import StreamingDecoder

STORY = "Once upon a time there was a little dog"


def free(writer: LanguageModel, text: str) -> Prompt:
    return prompt_for(writer, PRESETS["free"], text)


def run(writer: LanguageModel, prompt: str = STORY, **options: object) -> tuple[str, list[GeneratedPiece]]:
    pieces = list(Generation(writer, free(writer, prompt), GenerateOptions(**options)))  # type: ignore[arg-type]
    return "".join(piece.text for piece in pieces), pieces


def test_only_the_last_piece_says_why_it_ended(writer: LanguageModel) -> None:
    """The page switches from Stop to Write when the reason comes, so it must come once, at the end."""
    _, pieces = run(writer, max_new_tokens=30)
    assert [piece.finish_reason for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert pieces[-1].finish_reason in (FinishReason.LENGTH, FinishReason.END)


def test_the_text_is_the_continuation_alone(writer: LanguageModel) -> None:
    """Prompt and text put together read on, with the blank between words where it belongs."""
    text, _ = run(writer, temperature=0.0, max_new_tokens=12)
    assert not text.startswith(STORY)
    assert text.startswith((" ", ".", ",", "'"))


def test_same_seed_same_text(writer: LanguageModel) -> None:
    """The seed that a run reports gives its text again."""
    first = Generation(writer, free(writer, STORY), GenerateOptions(max_new_tokens=40))
    text = "".join(piece.text for piece in first)
    assert run(writer, max_new_tokens=40, seed=first.seed)[0] == text


def test_a_stop_string_ends_the_text(writer: LanguageModel) -> None:
    """The text ends before the string, and the reason says so."""
    full, _ = run(writer, temperature=0.0, max_new_tokens=60)
    word = full.split()[3]
    text, pieces = run(writer, temperature=0.0, max_new_tokens=60, stop=f"{word}\nnever written")
    assert text == full[: full.index(word)]
    assert pieces[-1].finish_reason is FinishReason.STOP


def test_stop_keeps_what_was_written(writer: LanguageModel) -> None:
    """Stopping ends the run with the reason ``stopped`` and the text so far."""
    generation = Generation(writer, free(writer, STORY), GenerateOptions(max_new_tokens=400, temperature=1.0))
    text, last = "", None
    for piece in generation:
        text, last = text + piece.text, piece
        if text:
            generation.stop()
    assert text
    assert last is not None
    assert last.finish_reason is FinishReason.STOPPED


def test_more_tokens_than_the_context_leaves_are_cut_to_it(writer: LanguageModel) -> None:
    """Asking for more than fits writes what fits, it is no error."""
    _, pieces = run(writer, max_new_tokens=100_000, temperature=1.0, top_k=5, stop="")
    assert 0 < pieces[-1].count < writer.engine.context


@pytest.mark.parametrize(
    "prompt", ["🙂🙃 and then", "שלום עולם", "a\u0000b\u0007c", "\ud800 lone", "Ünïcödé 𝔘"]
)
def test_any_text_can_be_continued(writer: LanguageModel, prompt: str) -> None:
    """Emoji, right-to-left text, NUL and control characters and broken surrogates are all read."""
    text, pieces = run(writer, prompt, max_new_tokens=8)
    assert pieces[-1].count > 0 or text == ""
    text.encode()


@pytest.mark.parametrize(
    ("prompt", "key"),
    [
        ("", "prompt_empty"),
        (" \n\t", "prompt_empty"),
        ("a" * (LONGEST_PROMPT + 1), "prompt_too_large"),
        ("dog " * 600, "prompt_too_long"),
    ],
)
def test_prompts_that_cannot_be_continued(writer: LanguageModel, prompt: str, key: str) -> None:
    """Nothing, too much for any model, and too much for this one are told apart."""
    with pytest.raises(InputError) as caught:
        run(writer, prompt)
    assert caught.value.key == key
    if key == "prompt_too_long":  # both numbers, so that a person knows how much to cut
        assert caught.value.values["tokens"] > 600 > caught.value.values["limit"] == 511


@pytest.mark.parametrize(
    "options",
    [
        {"max_new_tokens": 0},
        {"seed": -2},
        {"top_p": 2.0},
        {"stop": "\n".join("abcdefghi")},
        {"stop": "x" * 201},
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object]) -> None:
    """Programs can send anything: each wrong value is named before the model starts."""
    with pytest.raises(InputError):
        GenerateOptions(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("prompt", [STORY, "春眠不觉晓，", "🙂"])
def test_the_tokens_spell_the_text(writer: LanguageModel, prompt: str) -> None:
    """Each token shown with its probability stands for exactly its part of the text."""
    generation = Generation(
        writer, free(writer, prompt), GenerateOptions(max_new_tokens=60, temperature=1.5), alternatives=4
    )
    pieces = list(generation)
    tokens = [token for piece in pieces for token in piece.tokens]
    assert "".join(token.text for token in tokens) == "".join(piece.text for piece in pieces)
    assert len(tokens) == pieces[-1].count > 0
    for token in tokens:
        assert token.logprob <= 0
        assert len(token.choices) == 4
        by_id = {choice.id: choice for choice in token.choices}
        if token.id in by_id and token.text and "\ufffd" not in by_id[token.id].text:
            assert by_id[token.id].text == token.text


def test_a_stop_string_inside_a_token_cuts_the_token(writer: LanguageModel) -> None:
    """The tokens shown end where the text ends, even in the middle of one."""
    full, _ = run(writer, temperature=0.0, max_new_tokens=40)
    word = max(full.split()[2:6], key=len)
    text, pieces = run(writer, temperature=0.0, max_new_tokens=40, stop=word[1:])
    assert text == full[: full.index(word[1:])]
    assert "".join(token.text for piece in pieces for token in piece.tokens) == text


def test_a_continuation_can_be_forced_another_way(writer: LanguageModel) -> None:
    """Choosing another token and going on gives what the model writes behind it, seamlessly."""
    options = GenerateOptions(max_new_tokens=30, temperature=0.0)
    first = next(
        piece.tokens
        for piece in Generation(writer, free(writer, STORY), options, alternatives=3)
        if piece.tokens
    )[0]
    other = next(choice for choice in first.choices if choice.id != first.id)
    forced = "".join(
        piece.text for piece in Generation(writer, free(writer, STORY), options, forced=[other.id])
    )
    assert forced == run(writer, f"{STORY}{other.text}", temperature=0.0, max_new_tokens=30)[0]


@pytest.mark.parametrize("text", ["a12", "1", "12 🙂🙂", "中1", "🙂"])
def test_a_text_that_ends_in_the_middle_of_something_is_whole(writer: LanguageModel, text: str) -> None:
    """A digit or an emoji at the very end, held back in case more of it comes, is not lost."""
    ids = writer.tokenizer.encode(text)[1:]
    transcript = TokenDecoder(StreamingDecoder(writer.tokenizer, []), StopStrings(()))
    tokens = [token for id_ in ids for token in transcript.add([Step(id_, -1.0)])] + transcript.finish()
    assert "".join(token.text for token in tokens) == text
    assert [token.id for token in tokens] == ids
