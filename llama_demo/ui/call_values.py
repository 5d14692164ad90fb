"""The types of the values that a call brings.

A page sends what its components hold. Programs and forged pages can send anything, which Gradio hands on for
most components.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.blocks import Block

TYPES: tuple[tuple[type[Block], tuple[type, ...]], ...] = (
    (gr.Textbox, (str,)),
    (gr.HTML, (str,)),
    (gr.Dropdown, (str,)),
    (gr.Slider, (int, float)),
    (gr.Checkbox, (bool,)),
)
"""Kinds of components with one value, which may be absent, and its types. Others check theirs themselves."""


def check_values(components: Sequence[Block], values: Sequence[Any]) -> None:
    """Raise TypeError for a value that its component cannot hold, or that looks like a file and is none."""
    for component, value in zip(components, values, strict=False):
        _check_files(value)
        types = next((types for kind, types in TYPES if isinstance(component, kind)), None)
        if types is not None and value is not None and not isinstance(value, types):
            raise TypeError(f"a {type(value).__name__} for a {type(component).__name__}")


def _check_files(value: Any) -> None:
    """What looks like an uploaded file has a mapping of facts on it, at any depth."""
    if isinstance(value, list):
        for each in value:
            _check_files(each)
    elif isinstance(value, dict):
        if "path" in value and "meta" in value and not isinstance(value["meta"], dict):
            raise TypeError("the facts on a file are no mapping")
        for each in value.values():
            _check_files(each)
