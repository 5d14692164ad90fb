"""The presets, the forms and themes of poems, and examples.

``assets/js/generate/presets.js`` puts the chosen preset's name on the form (``data-preset``); the style sheet
shows what belongs to it, at once and without asking the server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import gradio as gr

from llama_demo.catalogue import ModelEntry
from llama_demo.tasks.poem_request import POEM_FORMS
from llama_demo.tasks.poem_themes import THEME_WORDS
from llama_demo.tasks.presets import PRESETS, Preset, language_of
from llama_demo.ui import markup
from llama_demo.ui.labels import Label
from llama_demo.ui.tab_context import TabContext
from llama_demo.ui.texts import LANGUAGES

ARTICLE_EN = (
    "The river rose for three days. On Monday the school was closed, because its cellar stood under water. "
    "Volunteers carried the books of the library to the upper floor. The mayor thanked them in the evening "
    "and said that no book was lost. The water fell again on Thursday. Now the town collects money for a "
    "new dam, which shall protect the school and the library from the next flood."
)
ARTICLE_ZH = (
    "河水连着涨了三天。星期一，学校因为地下室进水停了课。志愿者把图书馆的书一箱一箱搬到楼上。"
    "傍晚，镇长向大家道谢，说一本书也没有丢。星期四，水退了。现在镇上正在筹钱修一道新堤，"
    "好让学校和图书馆不再怕下一次洪水。"
)


class Example(NamedTuple):
    """A text to try.

    Attributes:
        seed: with which its result was read and found good; -1 where nothing is drawn.
    """

    text: str
    seed: int = -1


EXAMPLES: Mapping[str, Sequence[Example]] = MappingProxyType(
    {
        "story": (
            Example("a dog and a red ball", 2),
            Example("a girl and her kite", 3),
            Example("a boy and his grandmother", 3),
        ),
        "poem": (
            Example("春天", 3),
            Example("送别朋友", 3),
            Example("明月松间照", 1),
            Example("藏头：春夏秋冬", 2),
        ),
        "summary": (Example(ARTICLE_EN), Example(ARTICLE_ZH)),
        "news": (Example("a new library in a small town"), Example("小镇上的新图书馆")),
        "free": (
            Example("Once upon a time there was a little dog", 1),
            Example("春眠不觉晓，", 1),
        ),
    }
)
"""Examples of each preset. Only the beginning of a long one is shown."""

_SHOWN = 38  # characters of an example on its pill

FORMS: Mapping[str, str] = MappingProxyType(
    dict(zip(POEM_FORMS, ("4 × 5", "4 × 7", "8 × 5", "8 × 7"), strict=True))
)
"""The English description of each form: lines, and characters of a line."""

THEMES: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            THEME_WORDS,
            (
                "spring,summer,autumn,winter,the moon,snow,rain,wind,mountains,rivers,the sea,flowers,"
                "plum blossom,lotus,chrysanthemum,bamboo,willow,pine,birds,wild geese,horses,wine,tea,"
                "parting,homesickness,friends,the frontier,night,dusk,dawn,boats,fishing,temples,"
                "a hermit's life,dreams,old age,journeys,Double Ninth,Mid-Autumn,countryside"
            ).split(","),
            strict=True,
        )
    )
)
"""The English name of each theme."""


def able(preset: Preset, model: ModelEntry) -> bool:
    """Whether the preset can be done with the model, or by quoting."""
    free = not preset.abilities
    return free or preset.quotes or preset.ability_of(frozenset(model.abilities)) is not None


def first_of(model: ModelEntry) -> str:
    """The preset that is chosen when the page opens: the first that the model has an ability for."""
    return next((name for name in PRESETS if _learned(PRESETS[name], model)), "free")


def firsts_of(model: ModelEntry) -> dict[str, str]:
    """The preset with which the page opens, by language: poems in Chinese, if the model learned them."""
    others = {"zh": "poem"} if "poem" in model.abilities else {}
    return {language: others.get(language, first_of(model)) for language in LANGUAGES}


def _learned(preset: Preset, model: ModelEntry) -> bool:
    return preset.ability_of(frozenset(model.abilities)) is not None


def unable(model: ModelEntry) -> list[str]:
    """The presets that cannot be done with the model."""
    return [name for name, preset in PRESETS.items() if not able(preset, model)]


def quotes(model: ModelEntry) -> bool:
    """Whether a summary quotes, because the model cannot summarise."""
    return not _learned(PRESETS["summary"], model)


def pills(context: TabContext, model: ModelEntry) -> gr.HTML:
    """Make the row of presets; its value is the name of the chosen one."""
    return context.browser.component(
        "generate/presets",
        markup=markup.render("presets.html", names=list(PRESETS)),
        value=first_of(model),
        id="presets",
        firsts=firsts_of(model),
        writer={"model": model.name, "unable": unable(model), "quotes": quotes(model)},
    )


def examples(context: TabContext) -> gr.HTML:
    """Make the examples, which fill the prompt box and start writing; its value is the chosen one's seed."""
    texts = [
        (name, language_of(text), text, text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + " …", seed)
        for name, some in EXAMPLES.items()
        for text, seed in some
    ]
    return context.browser.component(
        "generate/examples", markup=markup.render("examples.html", texts=texts), value="", id="examples"
    )


def poem_lists(context: TabContext) -> tuple[gr.Dropdown, gr.Dropdown]:
    """Make the drop-down lists of a poem's form and theme."""

    def choose(name: str, known: Mapping[str, str]) -> gr.Dropdown:
        choices: list[tuple[str, str]] = [("—", "")]
        choices += [(f"{value} · {gloss}", value) for value, gloss in known.items()]
        properties: dict[str, Any] = {"choices": choices, "value": "", "elem_id": f"poem-{name}"}
        return context.labels.make(gr.Dropdown, label=Label(f"field.{name}"), min_width=120, **properties)

    with gr.Row(elem_classes=["only-poem"]):
        return choose("form", FORMS), choose("theme", THEMES)
