"""Gradio's files of the first tab, which the browser is told of at once."""

from __future__ import annotations

import gradio as gr

from llama_demo.ui import gradio_chunks
from llama_demo.ui.gradio_chunks import FOLDER, chunk_links, first_chunks, first_kinds


def page() -> gr.Blocks:
    """Two tabs, and a component that nobody sees."""
    with gr.Blocks() as blocks:
        gr.Number(visible=False)
        with gr.Tabs():
            with gr.Tab("one"):
                gr.Textbox()
            with gr.Tab("two"):
                gr.Dataframe()
    return blocks


def test_only_what_is_drawn_first_is_loaded_early() -> None:
    """A phone pays for every file."""
    assert first_kinds(page().config) == {"tabs", "tabitem", "form", "textbox"}


def test_the_whole_way_to_the_first_component_is_named() -> None:
    """Of the Gradio that is installed: its script, the one that draws the page, and those of the components.

    A version of Gradio that writes its imports in another way is noticed here; the page works all the same.
    """
    chunks = first_chunks(page().config)
    sources = {name: (FOLDER / "assets" / name).read_text(encoding="utf-8") for name in chunks}
    assert chunks[0].startswith("index-")
    assert any(name.startswith("Blocks-") for name in chunks)
    assert any("textarea" in source for name, source in sources.items() if name.startswith("Index-"))
    assert len(chunks) == len(set(chunks))
    assert len(chunks) < len(first_chunks(everything().config))


def everything() -> gr.Blocks:
    """More kinds of components."""
    with gr.Blocks() as blocks:
        gr.Textbox()
        gr.Dataframe()
        gr.Slider()
    return blocks


def test_another_form_of_gradio_names_less(monkeypatch) -> None:
    """The page is then as slow as before, and whole."""
    monkeypatch.setattr(gradio_chunks, "_source", lambda name: "import('./other.js')")
    entry, *others = first_chunks(page().config)
    assert entry.startswith("index-")
    assert others == []


def test_scripts_and_styles_are_told_apart() -> None:
    """A style that is preloaded as a script would be loaded twice."""
    assert chunk_links(["a.js", "b.css"]) == [
        '<link rel="modulepreload" href="./assets/a.js">',
        '<link rel="preload" as="style" crossorigin href="./assets/b.css">',
    ]
