"""A thousand and more strings in ten scripts, for comparing vocabularies with their reference."""

from __future__ import annotations

import random
from functools import cache

SENTENCES = {
    "Latin": "The quick brown fox doesn't jump. Où était-il né, à Noël? Größe, ¡mañana! Dvořák łódź ğüş",
    "Han": "我喜欢机器学习。北京是中国的首都，人口很多！「你好」，她说：今天天气怎么样？臺灣與香港",
    "Kana": "こんにちは、世界。カタカナとひらがなを混ぜて書きます。ﾊﾝｶｸ も あります",
    "Hangul": "안녕하세요 세계. 오늘은 날씨가 매우 좋습니다! 김치와 불고기",
    "Cyrillic": "Привет, мир! Сегодня хорошая погода. Їжак і ґанок, ўсё добра",
    "Greek": "Καλημέρα κόσμε, τι κάνεις σήμερα; Ἡ Ἑλλάς εἶναι ὡραία",
    "Arabic": "مرحبا بالعالم، كيف حالك اليوم؟ اللُّغَةُ العَرَبِيَّة جميلة ١٢٣",
    "Hebrew": "שלום עולם, מה שלומך היום? עִבְרִית יפה",
    "Devanagari": "नमस्ते दुनिया, आज मौसम कैसा है? क्षत्रिय और ज्ञान १२३",
    "Thai": "สวัสดีชาวโลก วันนี้อากาศเป็นอย่างไร ภาษาไทยสวยงาม",
}
_ODD = [
    *(
        "",
        " ",
        "  ",
        "\t",
        "\n",
        "...",
        "3.14",
        "1,000,000",
        "e-mail@example.org",
        "https://example.org/a?b=1",
    ),
    *("🦙", "👩\u200d👩\u200d👧", "“quotes”", "ﬁ", "①", "Ａ", "—", "$5", "C++", "it's"),
    *("\u200b", "\u00a0", "e\u0301"),
]


@cache
def strings(count: int = 1_100) -> tuple[str, ...]:
    """Words of one script or several, with punctuation, digits, blanks and odd characters between them."""
    dice = random.Random(7)
    words = {script: text.split() for script, text in SENTENCES.items()}
    found = [*SENTENCES.values(), *_ODD]
    while len(found) < count:
        scripts = dice.sample(list(words), dice.choice((1, 1, 1, 2, 3)))
        parts = []
        for _ in range(dice.randint(1, 9)):
            word = dice.choice(words[dice.choice(scripts)])
            if len(word) > 6 and dice.random() < 0.5:
                start = dice.randrange(len(word) - 3)
                word = word[start : start + dice.randint(1, 6)]
            parts.append(dice.choice(_ODD) if dice.random() < 0.12 else word)
        found.append(dice.choice((" ", " ", " ", "", "  ")).join(parts))
    return tuple(found)


def plain_strings() -> tuple[str, ...]:
    """Those without odd characters, which come back from a vocabulary as they went in."""
    dice = random.Random(3)
    words = " ".join(SENTENCES.values()).split()
    return tuple(" ".join(dice.choices(words, k=dice.randint(1, 8))) for _ in range(1_000))
