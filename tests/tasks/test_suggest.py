"""Questions made from sentences: good ones from sentences of a known shape, none from others."""

from __future__ import annotations

import pytest

from llama_demo.tasks.suggest import suggestions


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The museum was built in 1907.", "When was the museum built?", "in 1907"),
        ("In 1969, the mission landed on the Moon.", "When did the mission land on the Moon?", "in 1969"),
        ("The library opens at nine o'clock and closes at six.", "When does the library open?", "at nine"),
        ("Everyone has 25 paid days off a year.", "How many paid days off does everyone have a year?", "25"),
        ("Employees receive 25 days of leave.", "How many days of leave do employees receive?", "25"),
        ("The bridge is 1,149 metres long.", "How long is the bridge?", "1,149 metres"),
        ("A ticket may cost 4 euros.", "How much may a ticket cost?", "4 euros"),
        (
            "The journey takes about 40 minutes by train.",
            "How many minutes does the journey take by train?",
            "40",
        ),
        ("The lamp was made in 1893 from green glass.", "When was the lamp made?", "in 1893"),
        ("The bakery opens at six on weekdays.", "When does the bakery open on weekdays?", "at six"),
        ("厂房是 2016 年改建的。", "厂房是哪一年改建的？", "2016 年"),
        ("大门早上七点开，晚上九点关。", "大门早上几点开？", "七点"),
        ("该站于2009年12月28日启用。", "该站于2009年几月几日启用？", "12月28日"),
        ("本站共有两层。", "本站共有多少层？", "两层"),
        ("活动由志愿者协会组织。", "活动由谁组织？", "志愿者协会"),
        ("西土城站位于北京市海淀区。", "西土城站位于哪里？", "北京市海淀区"),
        ("教育处的吉祥物叫做小禾。", "教育处的吉祥物叫做什么？", "小禾"),
    ],
)
def test_a_sentence_becomes_a_question(sentence: str, question: str, answer: str) -> None:
    """The phrase that answers it is replaced by the right word, in the order of the language."""
    # What comes before shows how words are written inside of a sentence.
    padding = {"E": "All employees show their tickets. ", "T": "All employees show their tickets. "}
    [found] = suggestions(padding.get(sentence[0], "") + sentence)
    assert (found.question, found.sentence) == (question, sentence)
    assert answer in found.answer
    assert found.answer.casefold() in sentence.casefold()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It was built in 1907.",  # nobody knows what
        "He has 25 days.",
        "If the door is locked at nine, ring the bell.",
        "The man who was seen in 1907 left.",
        "The work is done in the morning in a good way.",
        "He said: “The museum was built in 1907.”",
        "The museum was built in 1907",  # a heading, or cut off
        "这一点很重要，我们想得久一点。",
        "它建于1907年。",
        "1907年，一家工厂开业了。",
        "办公时间是九点到十二点。",
        "第三天下雨了。",
        "El museo fue construido en 1907.",
        "x" * 5_000,
    ],
)
def test_no_question_is_better_than_a_bad_one(text: str) -> None:
    """What points to something before it, only says when, or is a range, is left alone."""
    assert suggestions(text) == []


def test_kinds_take_turns() -> None:
    """The first few questions ask for different things, and none comes twice."""
    text = (
        "The north hall has 12 rooms. The south hall has 14 rooms. The hall was built in 1907. "
        "The south hall has 14 rooms."
    )
    asked = [one.question for one in suggestions(text)]
    assert asked == [
        "How many rooms does the north hall have?",
        "When was the hall built?",
        "How many rooms does the south hall have?",
    ]
