"""Classical Chinese poems: their forms, and requests that each could answer."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from llama_demo.training.corpus import read_records

# (lines, characters a line) of the four regular forms.
FORMS = {(4, 5): "五言绝句", (4, 7): "七言绝句", (8, 5): "五言律诗", (8, 7): "七言律诗"}

# A theme, in both languages, and words one of which a poem on it contains.
THEMES = {
    ("春天", "spring"): "春",
    ("夏天", "summer"): "夏 暑",
    ("秋天", "autumn"): "秋",
    ("冬天", "winter"): "冬",
    ("月亮", "the moon"): "月",
    ("雪", "snow"): "雪",
    ("雨", "rain"): "雨",
    ("风", "the wind"): "风",
    ("山", "mountains"): "山 峰",
    ("江河", "a river"): "江 河",
    ("大海", "the sea"): "海",
    ("花", "flowers"): "花",
    ("梅花", "plum blossoms"): "梅",
    ("荷花", "lotus flowers"): "荷 莲",
    ("菊花", "chrysanthemums"): "菊",
    ("竹子", "bamboo"): "竹",
    ("柳树", "willows"): "柳",
    ("松树", "pine trees"): "松",
    ("鸟", "birds"): "鸟",
    ("大雁", "wild geese"): "雁",
    ("马", "horses"): "马",
    ("酒", "wine"): "酒",
    ("茶", "tea"): "茶",
    ("离别", "parting"): "别 送",
    ("思乡", "homesickness"): "乡 归",
    ("朋友", "friends"): "友 故人",
    ("边塞", "the frontier"): "塞 边",
    ("夜晚", "the night"): "夜",
    ("黄昏", "dusk"): "暮 夕",
    ("清晨", "the morning"): "晓 晨",
    ("船", "boats"): "舟 船",
    ("钓鱼", "fishing"): "钓 渔",
    ("寺庙", "a temple"): "寺 僧",
    ("隐居", "a hermit's life"): "隐",
    ("梦", "dreams"): "梦",
    ("老年", "old age"): "老",
    ("旅途", "a journey"): "客 旅",
    ("重阳节", "the Double Ninth"): "重阳",
    ("中秋节", "the Mid-Autumn Festival"): "中秋",
    ("田园", "the countryside"): "田 农",
}

REQUESTS = (
    "写一首关于{theme}的{form}。",
    "写一首关于{theme}的{form}",
    "请写一首关于{theme}的{form}。",
    "请以{theme}为题写一首{form}。",
    "作一首{form}，主题是{theme}。",
    "来一首写{theme}的{form}",
    "Write a Chinese poem about {english} ({form}).",
    "Write a {form} about {english}.",
)
_REQUESTS_ANY_FORM = (
    "写一首关于{theme}的诗",
    "写一首{theme}的古诗。",
    "Write a Chinese poem about {english}.",
)
_REQUESTS_FIRST_LINE = ("以“{line}”开头，写一首{form}。", "写一首{form}，第一句是“{line}”。")
_REQUESTS_TITLE = ("写一首题为《{title}》的{form}。", "请写{form}《{title}》。")
_REQUESTS_FORM = ("写一首{form}。", "写一首{form}", "请作一首{form}。")
_SEPARATORS = re.compile(r"[，。！？；：、\s]+")
_SOURCES = ("tang", "song")
_PLAIN_TITLE = re.compile(r"[一-鿿]{2,7}")


@dataclass(frozen=True)
class Poem:
    """A poem of a regular form."""

    title: str
    text: str
    form: str


def request_texts() -> Iterator[str]:
    """All texts that requests are made of, for the vocabulary."""
    yield from REQUESTS + _REQUESTS_ANY_FORM + _REQUESTS_FIRST_LINE + _REQUESTS_TITLE + _REQUESTS_FORM
    yield from FORMS.values()
    yield from (theme for theme, _ in THEMES)


def form_of(text: str) -> str | None:
    """The name of the regular form that ``text`` has, by its lines and their lengths alone."""
    lines = [line for line in _SEPARATORS.split(text) if line]
    lengths = {len(line) for line in lines}
    return FORMS.get((len(lines), lengths.pop())) if len(lengths) == 1 else None


def raw_texts(folder: Path) -> Iterator[str]:
    """The text of every poem of Tang and Song."""
    return (record["text"] for name in _SOURCES for record in read_records(folder / f"{name}.jsonl.xz"))


def read_poems(folder: Path, alphabet: frozenset[str]) -> Iterator[Poem]:
    """The regular poems of Tang and Song, each once, of which every character is in ``alphabet``."""
    seen = set()
    for name in _SOURCES:
        for record in read_records(folder / f"{name}.jsonl.xz"):
            text = record["text"]
            form = form_of(text)
            if form and text not in seen and alphabet.issuperset(text):
                seen.add(text)
                yield Poem(record["title"], text, form)


def request_for(poem: Poem, dice: random.Random) -> str:
    """A request that ``poem`` answers."""
    themes = [names for names, words in THEMES.items() if any(word in poem.text for word in words.split())]
    roll = dice.random()
    if roll < 0.2:
        line = _SEPARATORS.split(poem.text)[0]
        return dice.choice(_REQUESTS_FIRST_LINE).format(line=line, form=poem.form)
    if roll < 0.3 and _PLAIN_TITLE.fullmatch(poem.title):
        return dice.choice(_REQUESTS_TITLE).format(title=poem.title, form=poem.form)
    if not themes:
        return dice.choice(_REQUESTS_FORM).format(form=poem.form)
    theme, english = dice.choice(themes)
    any_form = poem.form.endswith("绝句") and roll > 0.85
    template = dice.choice(_REQUESTS_ANY_FORM if any_form else REQUESTS)
    return template.format(theme=theme, english=english, form=poem.form)
