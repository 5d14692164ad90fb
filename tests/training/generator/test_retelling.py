"""Stories told again with other things in them: still stories, about something else."""

from __future__ import annotations

import random
import re

from llama_demo.training.generator.retelling import CHARACTERS, recast, retold

STORY = (
    "Once there was a dog named Spot. Lily saw an apple. The dog ran to park the car with Lily at the park, "
    'and the dogs ate two apples in the park. Lily said, "Dog!"'
)


def test_a_thing_becomes_another_of_its_kind_wherever_it_is_named() -> None:
    """In small and capital letters, of one or several, with the right article; verbs stay what they are."""
    seen = set()
    for seed in range(60):
        text = retold(STORY, random.Random(seed))
        found = re.fullmatch(
            r"Once there was (an?) (\w+) named Spot. (\w+) saw (an?) (\w+). The (\w+) ran to park the car "
            r"with (\w+) at the (\w+), and the (\w+) ate two (\w+) in the (\w+). (\w+) said, \"(\w+)!\"",
            text,
        )
        assert found is not None, text
        (
            a,
            dog,
            lily,
            an,
            apple,
            dog_again,
            lily_again,
            park,
            dogs,
            apples,
            park_again,
            lily_once_more,
            called,
        ) = found.groups()
        assert dog == dog_again == called.lower()
        assert dogs.startswith(dog[:-1])
        assert apples.startswith(apple[:-1])
        assert lily == lily_again == lily_once_more
        assert park == park_again
        assert a == ("an" if dog[0] in "aeiou" else "a")
        assert an == ("an" if apple[0] in "aeiou" else "a")
        seen |= {dog, apple, lily, park}
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
