"""What the fields of the Generate tab mean."""

from __future__ import annotations

import pytest

from llama_demo.errors import InputError
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.generate.sampling import SamplingFields, options, seed_of

FIELDS = (200, 0.8, 50, 0.95, 0.0, 1.0, "", "")


def test_the_page_begins_with_the_defaults_of_programs() -> None:
    """Both ask the same of the model if nothing is set."""
    assert options(*FIELDS) == GenerateOptions()
    assert SamplingFields._fields == (
        "max_new_tokens",
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "repetition_penalty",
        "seed",
        "stop",
    )


@pytest.mark.parametrize(
    ("text", "seed"), [("", -1), ("  ", -1), ("7", 7), (" 42\n", 42), ("１２", 12), ("-1", -1), ("0", 0)]
)
def test_a_seed_is_read_as_people_type_it(text: str, seed: int) -> None:
    """Spaces and full-width digits do no harm; an empty field draws one."""
    assert seed_of(text) == seed


@pytest.mark.parametrize("text", ["seven", "1.5", "七", "0x10", "1e3", "9" * 5000, "<b>", "inf"])
def test_what_is_no_seed_is_told(text: str) -> None:
    """With the beginning of what was typed."""
    with pytest.raises(InputError) as caught:
        seed_of(text)
    assert caught.value.key == "seed_not_number"
    assert str(caught.value.values["value"]) == text[:40]


def test_a_value_out_of_range_is_told() -> None:
    """The checks are those of the task, also for values that no slider gives."""
    with pytest.raises(InputError, match="out_of_range"):
        options(200, 9.0, *FIELDS[2:])
    with pytest.raises(InputError, match="out_of_range"):
        options(0, *FIELDS[1:])
