"""What to begin with: short texts with questions to each, and first lines for open chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A text to ask about, and questions that it answers; the last one it does not."""

    language: str
    title: str
    text: str
    questions: tuple[str, ...]


EXAMPLES: Sequence[Example] = (
    Example(
        "en",
        "The night ferry",
        "The night ferry to Harrow Island leaves Pier 4 at 21:40, every day except Sunday. The crossing takes "
        "fifty minutes. The ship, the Marigold, was built in 1987 in Rosdale and carries at most 240 people "
        "and thirty bicycles. A ticket costs 18 crowns; children under six travel free. Dogs are welcome on "
        "the lower deck if they are kept on a leash.\n\n"
        "In winter, from November to March, the last ship goes back at 19:15. When the wind is stronger than "
        "nine on the Beaufort scale, the harbour master, Elin Voss, closes the pier, and every ticket is valid "
        "for another day.",
        (
            "When does the night ferry leave?",
            "Who closes the pier?",
            "How many people does the ship carry?",
            "What is for dinner on board?",
        ),
    ),
    Example(
        "zh",
        "老茶馆",
        "听雨茶馆开在青石巷的尽头，是林秋白在 1952 年创办的，如今由她的孙女林小满打理。茶馆每天早上七点开门，"
        "晚上九点关门，星期一休息。店里一共有十二张桌子，最受欢迎的是靠窗的三张，从那里能看见小河和石桥。\n\n"
        "招牌是桂花乌龙，一壶二十八元，可以免费续水三次。每逢下雨，老板会给客人送一碟自己做的绿豆糕。"
        "每个月的第一个星期六晚上，说书人赵先生来讲两个小时的故事，不另外收钱，但要提前一天订座。",
        ("茶馆是谁创办的？", "茶馆星期几休息？", "桂花乌龙多少钱一壶？", "茶馆有停车场吗？"),
    ),
    Example(
        "en",
        "A letter from the observatory",
        "Dear Tom,\n\nthe new telescope arrived on 3 May, eleven days late, because the truck broke down near "
        "Lowmere. It weighs 1.4 tons, so we had to borrow a crane from the shipyard. Its mirror is 80 "
        "centimetres wide and was ground by hand by Ines Albrecht, who needed fourteen months for it.\n\n"
        "We named it Ottilie. On the first clear night we turned it to Saturn and saw the shadow of the rings. "
        "From September on, the observatory will be open to visitors every Friday after dark; entry costs "
        "nothing, but please bring a warm coat.\n\nYours, Mara",
        (
            "Why did the telescope come late?",
            "Who made the mirror?",
            "When can visitors come?",
            "How much did the telescope cost?",
        ),
    ),
)

OPENINGS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "story": {
        "en": ("Once upon a time there was a little fox who", "One rainy day, a girl found a small boat"),
        "zh": ("Once upon a time there was a little fox who",),
    },
    "poem": {"en": ("春风", "明月"), "zh": ("春风", "明月", "山中")},
    "instruct": {
        "en": (
            "What can you help me with?",
            "Explain in two sentences why the sky is blue.",
            "Write a short poem about a lighthouse.",
        ),
        "zh": ("你能帮我做什么？", "用两句话解释天空为什么是蓝色的。", "写一首关于灯塔的短诗。"),
    },
}
"""By what a model can do and the page's language: with what a conversation may begin."""


def openings(abilities: Sequence[str]) -> Mapping[str, list[str]]:
    """First lines for a model that can do this; by language."""
    wanted = ["instruct"] if "instruct" in abilities else abilities
    return {
        language: [line for name in wanted for line in OPENINGS.get(name, {}).get(language, ())]
        for language in ("en", "zh")
    }
