"""Stories in English and Chinese, and requests that each could answer."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from llama_demo.training.corpus import read_records
from llama_demo.training.generator.retelling import ANIMALS, CHARACTERS, Record

# What ends a group of words that an article begins: a noun stands there, an adjective hardly ever.
_LAST_OF_GROUP = re.compile(
    r"\b(?:[Aa]n?|[Tt]he|[Hh]is|[Hh]er|my|your)(?: [a-z]+)? ([a-z]{3,11})"
    r"(?=[.,!?;:\"]| (?:was|were|is|and|in|on|with|to|that|had|has|named|called|for|of|at|who|could|can|said"
    r"|did|went|from|but|or|came|saw|so)\b)"
)
_ONLY_ONE = frozenset("sun moon sky sea wind rain snow ocean world ground".split())
_UNCOUNTED = frozenset(
    "water grass paper sand fire mud dirt air soup milk bread laundry dough gum rice".split()
)
_WHO = frozenset(
    (*ANIMALS, *"boy girl man woman king queen princess prince mouse fish fairy witch robot".split())
)
_COMPANION = re.compile(
    r"\b(?:his|her) (?:mom|dad|friend|brother|sister|grandma|grandpa|grandmother|grandfather|dog|cat)\b"
)
# "a dog named Max", "two dogs", "a big dog".
_DESCRIBED = re.compile(
    r"\ban? ([a-z]+) named [A-Z][a-z]+|\b(?:two|three) ([a-z]+)s\b|\b(?:a|an) [a-z]+ ([a-z]+)\b(?! named)"
)
_DEED = re.compile(
    r"\b(?:and|who|[Tt]he ([a-z]+)|[A-Z][a-z]+) "
    r"((?:loved|liked|wanted|was afraid|was scared|found|lost|had|lived) [a-z' ]{5,40})(?=[.,!])"
)
REQUESTS = (
    "Tell me a story about {topic}.",
    "Tell me a story about {topic}",
    "Write a story about {topic}.",
    "Write a short story about {topic}.",
    "Please tell me a story about {topic}.",
    "I want a story about {topic}.",
    "Can you write a little story about {topic}?",
    "A story about {topic}, please.",
    "I would like a story about {topic}.",
    "Make up a story about {topic}.",
    "story about {topic}",
)
_REQUESTS_ANY_TOPIC = ("Tell me a story.", "Write a short story.", "Tell me a bedtime story, please.")
CHINESE_REQUESTS = (
    "讲一个关于{topic}的故事。",
    "写一个关于{topic}的故事",
    "请写一个关于{topic}的小故事。",
    "写一个关于{topic}的童话。",
    "讲一个{topic}的故事。",
    "请讲一个关于{topic}的小故事",
    "给我讲一个关于{topic}的故事吧。",
    "编一个关于{topic}的童话故事。",
)
_CHINESE_BY_FIELD = (
    ("写一个故事：{}", "theme"),
    ("请按这个意思写一个故事：{}", "theme"),
    ("写一个{}故事。", "genre"),
    ("讲一个{}的故事", "genre"),
)
_CHINESE_ANY_TOPIC = ("讲个故事吧。", "写一个小故事。", "给我讲一个故事。")
_CHINESE_TOPICS = (
    "老师 学生 医生 画家 音乐家 作家 科学家 农夫 厨师 警察 船长 工匠 商人 母亲 父亲 爷爷 奶奶 孩子 朋友 "
    "邻居 小猫 小狗 小鸟 马 狼 龙 森林 大海 山谷 村子 小镇 城市 学校 图书馆 花园 河流 小岛 沙漠 星星 月亮 "
    "太阳 雨 雪 春天 夏天 秋天 冬天 梦想 友谊 爱情 家庭 勇气 希望 秘密 时间 音乐 绘画 书 信 日记 照片 "
    "魔法 宝藏 旅行 冒险 机器人 太空 未来 历史 战争 和平 节日 婚礼 比赛 舞蹈 自然 环境 动物 植物 咖啡 茶"
).split()
_DULL = frozenset(
    "one two other time day way end lot little big same new old next first last very more most right "
    "only own whole long small bit all best great many long moment thing side top idea rest lot while name "
    "noise sound piece smile".split()
)


def request_texts() -> Iterator[str]:
    """All texts that requests for Chinese stories are made of, for the vocabulary."""
    yield from (*CHINESE_REQUESTS, *_CHINESE_ANY_TOPIC, *(template for template, _ in _CHINESE_BY_FIELD))
    yield from (*_CHINESE_TOPICS, *CHARACTERS)


def read_texts(path: Path) -> Iterator[str]:
    """The ``text`` of every record of a file."""
    return (clean(record["text"]) for record in read_records(path))


def clean(text: str) -> str:
    """Straight quotes, no trailing blanks, no more than one empty line: one spelling for the model."""
    text = text.translate(str.maketrans("‘’“”", "''\"\"")).replace("…", "...")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def clean_chinese(text: str) -> str:
    """Chinese keeps its own quotation marks and has no blanks between characters."""
    return re.sub(r"(?<=[一-鿿，。！？]) +(?=[一-鿿])", "", text).strip()


def sections(text: str, characters: int) -> Iterator[str]:
    """A long text cut at paragraph ends into parts of about ``characters``."""
    part = ""
    for paragraph in re.split(r"\n+", text):
        part = f"{part}\n{' '.join(paragraph.split())}".strip()
        if len(part) >= characters:
            yield part
            part = ""
    if part:
        yield part


def nouns_of(stories: Iterable[str], least: int = 20) -> frozenset[str]:
    """Words that often end a phrase with an article: an approximation of a list of nouns."""
    ending: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for story in stories:
        ending.update(_LAST_OF_GROUP.findall(story))
        everywhere.update(re.findall(r"[a-z]{3,11}", story))
    nouns = {word for word, count in ending.items() if count >= max(least, 0.3 * everywhere[word])}
    return frozenset(nouns - _DULL)


def request_for(story: str, nouns: frozenset[str], dice: random.Random) -> tuple[str, list[str]]:
    """A request that the English ``story`` answers, and the words that the story must contain.

    It names one to three things of which the story speaks, sooner those of which it speaks more, or who live.
    """
    counts = Counter(word for word in re.findall(r"[a-z]+", story) if word in nouns)
    weights = {
        word: count**2 * (2 if word in _WHO else 1) for word, count in counts.most_common(7) if count >= 2
    }
    if not weights or dice.random() < 0.05:
        return dice.choice(_REQUESTS_ANY_TOPIC), []
    by_luck = sorted(weights, key=lambda word: dice.random() ** (1 / weights[word]), reverse=True)
    words = by_luck[: dice.choice((1, 1, 2, 2, 2, 3))]
    topics = [_described(word, story, dice) for word in words]
    topic = topics[0] if len(topics) == 1 else f"{', '.join(topics[:-1])} and {topics[-1]}"
    if len(topics) == 1:
        topic += _deed_of(words[0], story, dice)
    return dice.choice(REQUESTS).format(topic=topic), words


def _described(noun: str, story: str, dice: random.Random) -> str:
    # "a red ball" where the story says so, else "a ball"; a name where one is given.
    phrases = [found[0] for found in _DESCRIBED.finditer(story) if noun in found.groups()]
    if phrases and dice.random() < 0.6:
        return dice.choice(phrases)
    if noun in _ONLY_ONE:
        return f"the {noun}"
    if noun in _UNCOUNTED or (noun.endswith("s") and not noun.endswith(("ss", "us"))):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _deed_of(noun: str, story: str, dice: random.Random) -> str:
    # "... who loved to play with the ball", or whom it is with.
    if noun not in _WHO:
        return ""
    first = story.find(noun)
    deed = _DEED.search(story, first, first + 160)
    if deed and deed[1] in (None, noun) and dice.random() < 0.5:
        return f" who {deed[2]}"
    companion = _COMPANION.search(story)
    return f" and {companion[0]}" if companion and dice.random() < 0.4 else ""


def chinese_request_for(record: Record, dice: random.Random) -> tuple[str, list[str]]:
    """A request that the story in ``record`` answers, and the words that the story contains.

    Whoever is its ``cast`` is asked for, otherwise things of which it speaks, its theme or its genre.
    """
    roll = dice.random()
    topics = [topic for topic in _CHINESE_TOPICS if record["text"].count(topic) >= 2]
    topics = record.get("cast") or dice.sample(topics, k=len(topics))
    if roll < 0.3 and "cast" not in record:
        template, field = dice.choice(_CHINESE_BY_FIELD)
        return template.format(record[field]), []
    if roll > 0.95 or not topics:
        return dice.choice(_CHINESE_ANY_TOPIC), []
    chosen = topics[: dice.choice((1, 2, 2))]
    return dice.choice(CHINESE_REQUESTS).format(topic="和".join(chosen)), chosen
