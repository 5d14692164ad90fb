"""Stories in English and Chinese, and requests that each could be the answer to."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from llama_demo.training.corpus import read_records

_ARTICLE_AND_NOUN = re.compile(r"\b(?:a|an|the) ([a-z]{3,10})\b")
REQUESTS = (
    "Tell me a story about {topic}.",
    "Tell me a story about {topic}",
    "Write a story about {topic}.",
    "Write a short story about {topic}.",
    "Please tell me a story about {topic}.",
    "I want a story about {topic}.",
    "Can you write a little story about {topic}?",
    "A story about {topic}, please.",
)
_REQUESTS_ANY_TOPIC = ("Tell me a story.", "Write a short story.", "Tell me a bedtime story, please.")
CHINESE_REQUESTS = (
    "讲一个关于{topic}的故事。",
    "写一个关于{topic}的故事",
    "请写一个关于{topic}的小故事。",
    "写一个关于{topic}的童话。",
)
_CHINESE_THEME = ("写一个故事：{theme}", "请按这个意思写一个故事：{theme}")
_CHINESE_GENRE = ("写一个{genre}故事。", "讲一个{genre}的故事")
_CHINESE_ANY_TOPIC = ("讲个故事吧。", "写一个小故事。", "给我讲一个故事。")
_CHINESE_TOPICS = (
    "老师 学生 医生 画家 音乐家 作家 科学家 农夫 厨师 警察 船长 工匠 商人 母亲 父亲 爷爷 奶奶 孩子 朋友 "
    "邻居 小猫 小狗 小鸟 马 狼 龙 森林 大海 山谷 村子 小镇 城市 学校 图书馆 花园 河流 小岛 沙漠 星星 月亮 "
    "太阳 雨 雪 春天 夏天 秋天 冬天 梦想 友谊 爱情 家庭 勇气 希望 秘密 时间 音乐 绘画 书 信 日记 照片 "
    "魔法 宝藏 旅行 冒险 机器人 太空 未来 历史 战争 和平 节日 婚礼 比赛 舞蹈 自然 环境 动物 植物 咖啡 茶"
).split()
_DULL = frozenset(
    "one two other time day way end lot little big same new old next first last very more most right "
    "only own whole long small bit all best great many long moment thing side top idea rest".split()
)


def request_texts() -> Iterator[str]:
    """Everything that requests for Chinese stories are made of, for the vocabulary."""
    yield from (
        CHINESE_REQUESTS + _CHINESE_THEME + _CHINESE_GENRE + _CHINESE_ANY_TOPIC + tuple(_CHINESE_TOPICS)
    )


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


def nouns_of(stories: Iterable[str], least: int = 25) -> frozenset[str]:
    """Words that mostly follow an article: near enough to a list of nouns, without a parser."""
    after_article: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for story in stories:
        after_article.update(_ARTICLE_AND_NOUN.findall(story))
        everywhere.update(re.findall(r"[a-z]{3,10}", story))
    nouns = {word for word, count in after_article.items() if count >= max(least, everywhere[word] // 3)}
    return frozenset(word for word in nouns if not word.endswith(("s", "ly", "est"))) - _DULL


def request_for(story: str, nouns: frozenset[str], dice: random.Random) -> str:
    """Something a person could have asked to get the English ``story``: one to three things in it."""
    counts = Counter(word for word in re.findall(r"[a-z]+", story) if word in nouns)
    candidates = [word for word, count in counts.most_common(6) if count >= 2]
    if not candidates or dice.random() < 0.06:
        return dice.choice(_REQUESTS_ANY_TOPIC)
    words = dice.sample(candidates, k=min(len(candidates), dice.choice((1, 2, 2, 3))))
    topics = [_described(word, story, dice) for word in words]
    topic = topics[0] if len(topics) == 1 else f"{', '.join(topics[:-1])} and {topics[-1]}"
    return dice.choice(REQUESTS).format(topic=topic)


def _described(noun: str, story: str, dice: random.Random) -> str:
    # "a red ball" where the story says so, else "a ball"; a name where one is given.
    named = re.search(rf"\b{noun} named ([A-Z][a-z]+)", story)
    if named and dice.random() < 0.5:
        return f"a {noun} named {named[1]}"
    adjective = re.search(rf"\b(an?) ([a-z]+) {noun}\b", story)
    if adjective and dice.random() < 0.7:
        return f"{adjective[1]} {adjective[2]} {noun}"
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def chinese_request_for(record: dict[str, Any], dice: random.Random) -> str:
    """Something a person could have asked to get the Chinese story in ``record``."""
    topics = [topic for topic in _CHINESE_TOPICS if topic in record["text"]]
    roll = dice.random()
    if roll < 0.15:
        return dice.choice(_CHINESE_THEME).format(theme=record["theme"])
    if roll < 0.3:
        return dice.choice(_CHINESE_GENRE).format(genre=record["genre"])
    if roll < 0.36 or not topics:
        return dice.choice(_CHINESE_ANY_TOPIC)
    chosen = dice.sample(topics, k=min(len(topics), dice.choice((1, 1, 2))))
    return dice.choice(CHINESE_REQUESTS).format(topic="和".join(chosen))
