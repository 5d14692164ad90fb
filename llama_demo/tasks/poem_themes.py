"""Themes of poems, and the characters by which a poem is known to speak of one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import regex

THEME_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "春天": "春花柳莺燕芳草桃",
        "夏天": "夏暑荷蝉热炎凉",
        "秋天": "秋霜菊雁叶凉寒",
        "冬天": "冬雪寒冰霜梅",
        "月亮": "月蟾桂圆明夜",
        "雪": "雪寒白冰梅玉",
        "雨": "雨云湿滴润",
        "风": "风吹飘凉",
        "山": "山峰岭岩云峦",
        "江河": "江河水流舟波",
        "大海": "海涛浪波潮鲸",
        "花": "花芳红香蕊开落",
        "梅花": "梅香雪寒花枝",
        "荷花": "荷莲藕红香叶水",
        "菊花": "菊黄篱秋香霜",
        "竹子": "竹筠节翠叶枝",
        "柳树": "柳丝絮条垂春",
        "松树": "松鹤青涛枝寒",
        "鸟": "鸟莺燕啼飞翼鸣",
        "大雁": "雁鸿飞秋南",
        "马": "马骑鞍蹄鞭骏",
        "酒": "酒醉杯酌樽饮",
        "茶": "茶茗煎烹瓯香",
        "离别": "别送离行客泪柳愁",
        "思乡": "乡归故家梦客思",
        "朋友": "友故人君逢知别",
        "边塞": "塞边戍沙胡关戎征",
        "夜晚": "夜月灯星宵眠",
        "黄昏": "暮夕晚阳昏斜",
        "清晨": "晓晨朝曙鸡日",
        "船": "舟船帆棹桨江",
        "钓鱼": "钓渔竿鱼矶舟",
        "寺庙": "寺僧钟禅佛塔",
        "隐居": "隐幽林闲山门",
        "梦": "梦眠枕觉醒",
        "老年": "老白发翁衰年",
        "旅途": "客旅路行程马",
        "重阳节": "阳菊登高秋九",
        "中秋节": "月秋圆桂中明",
        "田园": "田农耕园村桑",
    }
)
"""Of each theme on the page the characters, the most telling first."""

_HAN = regex.compile(r"\p{Han}")
_TELLING_NOTHING = frozenset("的和与在是了一个首诗写关于之有我你他她它这那里上下中")


def words_of(theme: str) -> str:
    """The characters that a poem on the theme should have: those of a known one, else its own."""
    own = (character for character in _HAN.findall(theme) if character not in _TELLING_NOTHING)
    return known_words(theme) or "".join(own)


def known_words(text: str) -> str:
    """The characters of the known themes that a text names; empty if it names none."""
    return "".join(words for name, words in THEME_WORDS.items() if name in text)
