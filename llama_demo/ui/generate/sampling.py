"""The sliders and fields of sampling, in their accordions, and the named settings that move them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import gradio as gr

from llama_demo.errors import InputError
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.labels import Label
from llama_demo.ui.tab_context import TabContext

MANNERS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "precise": {"temperature": 0.2, "top_k": 40, "top_p": 0.9, "min_p": 0.0, "repetition_penalty": 1.05},
        "balanced": {"temperature": 0.8, "top_k": 50, "top_p": 0.95, "min_p": 0.0, "repetition_penalty": 1.0},
        "creative": {"temperature": 1.15, "top_k": 0, "top_p": 1, "min_p": 0.05, "repetition_penalty": 1.0},
    }
)
"""Settings with a name; ``balanced`` are the defaults."""


class SamplingFields(NamedTuple):
    """The components for what can be set beside the prompt, in the order of :func:`options`."""

    max_new_tokens: gr.Slider
    temperature: gr.Slider
    top_k: gr.Slider
    top_p: gr.Slider
    min_p: gr.Slider
    repetition_penalty: gr.Slider
    seed: gr.Textbox
    stop: gr.Textbox


def sampling_fields(context: TabContext) -> SamplingFields:
    """Make the components, in two accordions; each has one sentence of explanation."""
    make = context.labels.make
    with make(gr.Accordion, label=Label("generate.how_daring"), open=False, elem_id="how-daring"):
        with gr.Row(elem_classes=["pills"]):
            manners = {
                name: make(gr.Button, value=Label(f"manner.{name}"), size="sm", elem_id=f"manner-{name}")
                for name in MANNERS
            }
        daring = {
            "temperature": _slider(context, "temperature", 0, 2, 0.05),
            "top_k": _slider(context, "top_k", 0, 200, 1),
            "top_p": _slider(context, "top_p", 0.05, 1, 0.01),
            "min_p": _slider(context, "min_p", 0, 1, 0.01),
            "repetition_penalty": _slider(context, "repetition_penalty", 0.5, 2, 0.05),
        }
    with make(gr.Accordion, label=Label("generate.how_long"), open=False, elem_id="how-long"):
        length = _slider(context, "max_new_tokens", 1, 1000, 1)
        seed = _line(context, "seed", max_lines=1)
        stop = _line(context, "stop", lines=2, max_lines=8)
    for name, button in manners.items():
        values = json.dumps([MANNERS[name][field] for field in daring])
        outputs = list(daring.values())
        button.click(None, js=f"() => {values}", outputs=outputs, api_visibility="private")
    return SamplingFields(max_new_tokens=length, seed=seed, stop=stop, **daring)


def _slider(context: TabContext, name: str, low: float, high: float, step: float) -> gr.Slider:
    return context.labels.make(
        gr.Slider,
        minimum=low,
        maximum=high,
        step=step,
        value=getattr(GenerateOptions(), name),
        label=Label(f"field.{name}"),
        info=Label(f"field.{name}.info"),
        elem_id=name.replace("_", "-"),
    )


def _line(context: TabContext, name: str, **more: Any) -> gr.Textbox:
    return context.labels.make(
        gr.Textbox,
        label=Label(f"field.{name}"),
        info=Label(f"field.{name}.info"),
        placeholder=Label(f"field.{name}.placeholder"),
        elem_id=name,
        **more,
    )


def options(
    max_new_tokens: float,
    temperature: float,
    top_k: float,
    top_p: float,
    min_p: float,
    repetition_penalty: float,
    seed: str,
    stop: str,
) -> GenerateOptions:
    """The options of a generation, from the values of :class:`SamplingFields`.

    Raises:
        InputError: ``seed_not_number``, or ``out_of_range`` of the options themselves.
    """
    return GenerateOptions(
        max_new_tokens=int(max_new_tokens),
        temperature=temperature,
        top_k=int(top_k),
        top_p=top_p,
        min_p=min_p,
        repetition_penalty=repetition_penalty,
        seed=seed_of(seed or ""),
        stop=stop or "",
    )


def seed_of(text: str) -> int:
    """The number in the field of the seed; -1, which draws one, for an empty field.

    Raises:
        InputError: ``seed_not_number``.
    """
    if not text.strip():
        return -1
    try:
        return int(text)
    except ValueError as exc:
        raise InputError("seed_not_number", value=text.strip()[:40]) from exc


def as_set(stored: Mapping[str, Any]) -> list[Any]:
    """Values for :class:`SamplingFields` from the options of a stored run; a missing one changes nothing."""
    values = [stored.get(name, gr.skip()) for name in SamplingFields._fields]
    seed = stored.get("seed", -1)
    values[SamplingFields._fields.index("seed")] = "" if seed in (-1, None) else str(seed)
    return values
