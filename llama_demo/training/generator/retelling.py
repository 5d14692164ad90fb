"""Data augmentation: stories with other things and names in them.

There are few stories, and what happens in them goes with who is in them: a model learns the usual story, and
not to read the request for it. Of what a retold story is about the request is the only hint.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

ANIMALS = (
    "dog cat bird bear rabbit frog duck lion squirrel pig cow horse monkey elephant turtle bunny fox tiger "
    "goat puppy kitten bee snake spider dragon dinosaur zebra giraffe owl penguin hen"
).split()
_THINGS = (
    "ball doll car truck boat kite balloon book box hat robot bike key bell drum train lamp cup basket "
    "rocket plane puzzle spoon flower stone coin ring flag ladder umbrella clock"
).split()
_GIRLS = (
    "Lily Sue Lucy Mia Amy Anna Sally Sara Jane Daisy Sarah Molly Emma Lila Mary Jill Bella Lisa Luna Jenny "
    "Ella Emily Lola Polly Susie Grace Mandy Tina Alice Kate"
).split()
_BOYS = (
    "Tim Tom Max Sam Ben Bob Jack John Tommy Joe Billy Benny Jimmy Leo Andy Fred Peter Bobby Jake Jim Danny "
    "Pete Charlie George Toby"
).split()
# What stands for one another.
_KINDS = (
    ANIMALS,
    _THINGS,
    _GIRLS,
    _BOYS,
    "cake cookie apple sandwich carrot banana pizza pie lemon pear muffin potato pumpkin peach".split(),
    "park garden forest zoo farm castle village market library playground museum school".split(),
    "river lake pond hill mountain cave field island beach road bridge tower".split(),
    "sun moon rain snow storm wind star cloud rainbow".split(),
    "mom grandma grandmother aunt".split(),
    "dad grandpa grandfather uncle".split(),
    "red blue green yellow pink purple white black brown golden".split(),
)
# Behind "to" these are something to do.
_VERBS_TOO = frozenset(
    "bear box book duck drum field park plane rain ring snow star storm train wind".split()
)
_CHANGED = 0.6  # of the words that could be replaced
_WORD = re.compile(r"\b(?:(to|[Aa]n?) )?([A-Za-z]+)\b")

Record = Mapping[str, Any]

# Whom Chinese stories can be about, instead of two people with names.
CHARACTERS = (
    "小狗 小猫 小鸟 小兔 小熊 小老鼠 小猪 小羊 小鸭 小马 狐狸 老虎 狮子 猴子 大象 乌龟 青蛙 小鱼 蝴蝶 蜜蜂 "
    "公主 王子 国王 老爷爷 老奶奶 小女孩 小男孩 渔夫 农夫 猎人 画家 老师 医生 船长 机器人 小龙 巨人 仙女 "
    "巫师 月亮 星星 太阳 雪人 布娃娃 红球 小船 大树 孙悟空 哥哥 妹妹 爸爸 妈妈"
).split()
_NAMES = re.compile(
    "(?!智慧)[心佳志淑子家雅静慧瑞维嘉怡美诗宇祥泓彩仕宗佩欣伟智文哲]"
    "[怡慧杰彬华铭丰凯婷恩豪智翔芳雯荣诚恭轩哲贤涵莉鸿伟瑞宸蓉雪茹仪芬娟欣琳宜恒蕾梅君彦琪瑜蕊惠玲翰媛茵莹洁云玉雄臻伶宛如莲维宏萍秀容琴乐嘉]"
)
# Nobody wants the little dog in these.
_GRIM = re.compile("犯罪|惊悚|恐怖|悬疑|爱情|战争|历史|女性")


def retold(story: str, dice: random.Random) -> str:
    """The English story with some of its animals, things, places, colours and names replaced by others."""
    counts = Counter(re.findall(r"[A-Za-z]+", story))
    changes: dict[str, str] = {}
    for kind in _KINDS:
        mentions = {word: counts[word] + counts[_plural(word)] for word in kind}
        present = [word for word, times in mentions.items() if times >= 2]
        absent = [word for word, times in mentions.items() if not times]
        dice.shuffle(absent)
        for word, other in zip(present, absent, strict=False):  # whichever there are fewer of
            if dice.random() < _CHANGED:
                changes |= {word: other, _plural(word): _plural(other)}
                if word.islower():
                    changes |= {word.capitalize(): other.capitalize()}
    return _WORD.sub(lambda found: _changed(found, changes), story)


def _plural(noun: str) -> str:
    if noun.endswith(("x", "ch", "o")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


def _changed(found: re.Match[str], changes: Mapping[str, str]) -> str:
    before, word = found.groups()
    other = changes.get(word)
    if other is None or (before == "to" and word in _VERBS_TOO):
        return found[0]
    if before in (None, "to"):
        return found[0].replace(word, other)
    article = f"{before[0]}n" if other[0] in "aeiouAEIOU" else before[0]
    return f"{article} {other}"


def recast(record: Record, dice: random.Random) -> Record:
    """The Chinese story with its people replaced by animals and other characters, named in ``cast``."""
    names = [name for name, count in Counter(_NAMES.findall(record["text"])).most_common(2) if count >= 3]
    if not names or _GRIM.search(record["genre"]):
        return record
    cast = dice.sample([each for each in CHARACTERS if each not in record["text"]], k=len(names))
    roles = dict(zip(names, cast, strict=True))
    text = re.sub("|".join(names), lambda found: roles[found[0]], record["text"])
    return {**record, "text": text, "cast": cast}
