"""The registry of texts on components."""

from __future__ import annotations

import gradio as gr

from llama_demo.ui.labels import Label, Labels


def test_every_text_of_a_component_follows_the_language() -> None:
    """Label, hint and placeholder are sent anew; the value is not, so that what was typed stays."""
    labels = Labels()
    with gr.Blocks():
        seed = labels.make(
            gr.Textbox, label=Label("field.seed"), placeholder=Label("field.seed.placeholder"), value="7"
        )
        labels.make(gr.Button, value=Label("generate.write"))
    assert labels.components[0] is seed
    first, second = labels.updates("zh")
    assert {key: value for key, value in first.items() if key != "__type__"} == {
        "label": "种子",
        "placeholder": "任意整数",
    }
    assert second["value"] == "写"


def test_the_browser_gets_the_same_texts_for_the_first_paint() -> None:
    """Under the one name of Chinese that Gradio knows and the page answers with."""
    labels = Labels()
    with gr.Blocks():
        labels.make(gr.Button, value=Label("generate.write"))
    assert labels.first_paint().translations == {
        "en": {"generate.write": "Write"},
        "zh-CN": {"generate.write": "写"},
    }
