"""Stories told again with other things in them: still stories, about something else."""

from __future__ import annotations

import random
import re

from llama_demo.training.generator.retelling import CHARACTERS, recast, retold

STORY = (
    "Once there was a dog named Spot. Lily saw an apple. The dog ran to park the car with Lily at the park, "
    "and the dogs ate two apples in the park. 'Dog!', it said to Lily."
)
RETOLD = (
    r"Once there was (?P<a>an?) (?P<dog>\w+) named Spot. (?P<lily>\w+) saw (?P<an>an?) (?P<apple>\w+). "
    r"The (?P=dog) ran to park the car with (?P=lily) at the (?P<park>\w+), "
    r"and the (?P<dogs>\w+) ate two (?P<apples>\w+) in the (?P=park). '(?P<call>\w+)!', it said to (?P=lily)."
)


def test_a_thing_becomes_another_of_its_kind_wherever_it_is_named() -> None:
    """In small and capital letters, of one or several, with the right article; verbs stay what they are."""
    seen = set()
    for seed in range(60):
        text = retold(STORY, random.Random(seed))
        found = re.fullmatch(RETOLD, text)
        assert found is not None, text
        assert found["call"].lower() == found["dog"]
        for one, several, article in (("dog", "dogs", "a"), ("apple", "apples", "an")):
            assert found[several].startswith(found[one][:-1])
            assert found[several].endswith("s")
            assert found[article] == ("an" if found[one][0] in "aeiou" else "a")
        seen |= {found[name] for name in ("dog", "apple", "lily", "park")}
    assert {"dog", "apple", "Lily", "park"} < seen, "some stay as they are"
    assert len(seen) > 20


def test_the_people_of_a_chinese_story_become_characters() -> None:
    """Each gets one part, wherever the name stands; grim stories keep their people."""
    text = "志杰和淑华是好朋友。志杰爱唱歌，淑华爱跳舞。志杰和淑华很快乐。"
    record = {"text": text, "genre": "儿童", "theme": "", "mature": False}
    cast = recast(record, random.Random(3))
    one, other = cast["cast"]
    assert {one, other} < set(CHARACTERS)
    assert cast["text"] == text.replace("志杰", one).replace("淑华", other)
    assert recast({**record, "genre": "犯罪"}, random.Random(3)) == {**record, "genre": "犯罪"}
    assert "cast" not in recast({**record, "text": "从前有一座山。"}, random.Random(3))
