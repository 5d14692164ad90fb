"""Our own HTML: whatever stands in it is text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from llama_demo.errors import DemoError, InputError, PolicyError, PolicyNoticeError
from llama_demo.ui import markup


class Reader(HTMLParser):
    """Collects the elements of a piece of HTML, and the text inside of those of one class."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text = ""
        self._wanted = wanted
        self._inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag == "pre":
            self._inside = ("class", self._wanted) in attributes

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data


def read(html: str, wanted: str) -> Reader:
    """The elements of the HTML and the text of one of them."""
    reader = Reader(wanted)
    reader.feed(html)
    reader.close()
    return reader


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), min_size=1))
def test_a_template_holds_its_text_letter_by_letter(text: str) -> None:
    """No text adds an element to the page or changes on its way."""
    plain = read(markup.render("exact.html", text="x", cut=False), "exact")
    read_back = read(markup.render("exact.html", text=text, cut=False), "exact")
    assert read_back.text == text
    assert read_back.elements == plain.elements


def test_words_come_in_both_languages() -> None:
    """Each in a span that says which one it is."""
    assert markup.words("generate.write") == (
        '<span class="word" lang="en">Write</span><span class="word" lang="zh-CN">写</span>'
    )


def test_values_of_words_are_escaped() -> None:
    """A model's name, or what was typed, is text inside a sentence too."""
    sentence = markup.words("result.made_by", model="<b>me</b>")
    assert "<b>" not in sentence
    assert "&lt;b&gt;me" in sentence


def test_values_of_words_can_depend_on_the_language() -> None:
    """A month, for one."""
    day = markup.words(
        "history.day", year=2026, day=3, month=lambda t: t("month.2"), weekday=lambda t: t("weekday.2")
    )
    assert "Tuesday, 3 February 2026" in day
    assert "2026 年 2 月 3 日，星期二" in day


def test_an_error_is_told_in_both_languages_and_escaped() -> None:
    """What was typed comes back inside the sentence, as text."""
    told = markup.problem(InputError("seed_not_number", value="<i>"))
    assert isinstance(told, Markup)
    assert told.count("&lt;i&gt;") == 2
    assert "<i>" not in told
    assert "should not have" in markup.problem(DemoError("unexpected"))


def test_a_notice_of_the_content_policy_says_what_happened_and_leads_to_it() -> None:
    """A warning looks like no failure and interrupts no screen reader; in distress, help comes first."""
    category = {"en": "weapons", "zh": "武器"}
    values = {"category": category, "explanation": category, "rule": "weapons.make", "version": "1"}
    refused = markup.error_notice(PolicyError("policy_prompt", action="block", **values))
    warned = markup.error_notice(PolicyNoticeError("policy_warn", action="warn", **values))
    helped = markup.error_notice(PolicyError("policy_self_harm", action="block", **values))
    assert "Refused: weapons" in refused
    assert "已拒绝：武器" in refused
    assert 'role="alert"' in refused
    assert 'class="problem policy warn" role="status"' in warned
    assert "Refused" not in helped
    assert all('href="#/safety"' in one for one in (refused, warned, helped))
    assert "policy" not in markup.error_notice(InputError("stopped"))
