"""The bundled translator on sentences that we wrote ourselves, through the task that the tab calls."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import sacrebleu

from llama_demo.tasks.translate_sentences import Translator, load_translator
from llama_demo.tasks.translate_text import translate_text
from llama_demo.tasks.translation_hops import SequenceHop
from llama_demo.text.verbatim import find_untranslated
from tests.conftest import ROOT

FOLDER = ROOT / "assets" / "models" / "translator"
PAIRS = Path(__file__).parent / "translator_pairs.tsv"
FLOORS = {
    "fr-en": 81,
    "de-en": 82,
    "es-en": 76,
    "en-fr": 74,
    "en-de": 73,
    "en-es": 73,
    "zh-en": 76,
    "en-zh": 58,
}
"""chrF that each direction has at least: one or two sentences below what the shipped weights reach."""


@pytest.fixture(scope="module")
def translator() -> Translator:
    """The one that came with the program."""
    return load_translator(FOLDER, device="cpu")


def sentences() -> dict[str, list[str]]:
    """The same sentences in each language."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {language: [row[language] for row in rows] for language in ("en", "zh", "fr", "de", "es")}


def test_there_are_enough() -> None:
    """Sixty pairs with English."""
    texts = sentences()
    assert sum(len(texts[language]) for language in texts if language != "en") >= 60
    assert all(text.strip() for some in texts.values() for text in some)


@pytest.mark.parametrize("direction", FLOORS)
def test_quality_does_not_drop(translator: Translator, direction: str) -> None:
    """New weights, or a change of the search, that translate worse are noticed."""
    source, _, target = direction.partition("-")
    texts = sentences()
    hop = SequenceHop(translator, source, target)
    found = [rendering.text for rendering in translate_text([hop], texts[source])]
    chrf = sacrebleu.corpus_chrf(found, [texts[target]]).score
    assert chrf >= FLOORS[direction], list(zip(found, texts[target], strict=True))


VERBATIM = """\
en-de	Hello %1$s, good to see you again!
en-de	Hello {{name}}, you have {0:.2f} coins.
en-fr	You have %(count)d new messages.
en-fr	Dear %(user)s, welcome!
en-fr	Guests: {{count}}.
en-fr	Price: ${price} for :name
en-fr	Click <a href="help.html">here</a> for help.<br/>
en-fr	Open C:\\Users\\Lena\\notes.txt now.
en-fr	Thanks @bluebird for the #garden photo!
en-fr	Use version v2.3.1 of the program.
en-fr	The temperature is -5 °C today.
en-es	See [the guide](https://a.org/b?c=1), <b>please</b>.
en-de	{count, plural, one {# item} other {# items}} in your bag.
en-zh	Call +49 30 1234567 at 10:30, @bob.
en-de	Hello <0>friend</0>, you have {0,10:N2} points on {1:d MMM yyyy}.
en-fr	Dear *|FNAME|*, your balance is -$5.00 at –4 °C, [NAME].
en-de	Press Ctrl+C, call foo() and wait 5 min with 500 mA.
zh-en	你好｛name｝，你有％ｄ条消息。
zh-en	你有{0}条新消息。
zh-en	请打开 /usr/local/bin 和 --no-cache。
de-en	Die Datei %s wurde nicht gefunden: `a.b`.
fr-en	Tom &amp; Marie ont ${n} chats.
es-en	El archivo {file} no existe, :user.
"""


@pytest.mark.parametrize("line", VERBATIM.splitlines())
def test_what_must_not_change(translator: Translator, line: str) -> None:
    """Placeholders, tags, paths, mentions, versions and signs come out unchanged and in order."""
    direction, sentence = line.split("\t")
    source, _, target = direction.partition("-")
    [found] = translate_text([SequenceHop(translator, source, target)], [sentence])
    place = 0
    for part in find_untranslated(sentence):
        place = found.text.index(part.text, place) + len(part.text)
    assert "placeholder" not in found.doubts
    assert "73156" not in found.text


@pytest.mark.parametrize(
    ("direction", "pasted", "typed"),
    [
        ("zh-en", "ＵＳＢ很贵。", "USB很贵。"),
        ("zh-en", "她有３个孩子。", "她有3个孩子。"),
        ("zh-en", "会议在３月５日下午２点。", "会议在3月5日下午2点。"),
        ("zh-en", "会议在下午３：３０开始。", "会议在下午3:30开始。"),
        ("zh-en", "气温是－５℃。", "气温是-5℃。"),
        ("en-zh", "Ｐｌｅａｓｅ　ｃａｌｌ　ｍｅ　ｔｏｍｏｒｒｏｗ．", "Please call me tomorrow."),
        ("en-fr", "The ﬁsh is in the water.", "The fish is in the water."),
        ("de-en", "Die Katze schla\u0308ft.", "Die Katze schläft."),
        ("fr-en", "cafe\u0301 au lait", "café au lait"),
        ("en-fr", "The cat\u200b is\xad sleep\xading.", "The cat is sleeping."),
        ("es-en", "\ufeffEl nin\u0303o duerme.", "El niño duerme."),
        ("en-de", "\u202aThe 𝐝𝐨𝐠 sleeps.\u202c", "The dog sleeps."),
        ("zh-en", "⾦⼭很⾼。", "金山很高。"),
    ],
)
def test_pasted_text_is_read_as_typed(
    translator: Translator, direction: str, pasted: str, typed: str
) -> None:
    """Widths, ligatures, decomposed letters and invisible characters change no translation."""
    source, _, target = direction.partition("-")
    one, other = translate_text([SequenceHop(translator, source, target)], [pasted, typed])
    assert one.text == other.text


@pytest.mark.parametrize(
    ("direction", "sentence", "translation"),
    [
        ("en-fr", "THE CAT IS SLEEPING.", "LE CHAT DORT."),
        ("en-zh", "PLEASE CLOSE THE DOOR.", "请关门。"),
        ("en-fr", "JOHN WENT TO PARIS ON MONDAY, {x}.", "JOHN"),
        ("de-en", "DER HUND IST MÜDE.", "THE DOG IS TIRED."),
        ("en-de", "NATO is big.", "NATO"),
    ],
)
def test_capitals(translator: Translator, direction: str, sentence: str, translation: str) -> None:
    """As good as in small letters, and in capitals again where the language has them."""
    source, _, target = direction.partition("-")
    [found] = translate_text([SequenceHop(translator, source, target)], [sentence])
    assert found.text.startswith(translation)
    assert found.text.isupper() == (sentence.isupper() and target != "zh") or "{x}" in found.text


@pytest.mark.parametrize("direction", FLOORS)
def test_what_is_the_same_everywhere_survives(translator: Translator, direction: str) -> None:
    """Whatever the model makes of them: addresses, code and long numbers are in the result."""
    source, _, target = direction.partition("-")
    kept = ("https://example.com/a?b=1", "ana@example.org", "`pip install x`", "5551234567")
    hop = SequenceHop(translator, source, target)
    greeting = {"en": "See", "zh": "请看", "fr": "Voir", "de": "Siehe", "es": "Ver"}[source]
    found = translate_text([hop], [f"{greeting} {one}" for one in kept])
    assert all(one in rendering.text for one, rendering in zip(kept, found, strict=True))
