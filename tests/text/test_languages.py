"""Telling the language of short strings, as people type them."""

from __future__ import annotations

import pytest

from llama_demo.text.languages import DETECTED, Guess, detect_language

STRINGS = {
    "en": "hello handsome|I love you|The cat|Hello|good morning|A dog.|Where are you?|yes|Thank you|apple|"
    "How much is it?|OK, see you tomorrow|It's raining|machine learning|Happy birthday!|I live in Paris.|"
    "Send the report to bob@example.com",
    "fr": "bonjour tout le monde|le chat|merci|Je suis fatigué|Oui|salut|Où est la gare ?|C'est la vie|"
    "Bonne journée|au revoir|Il pleut.|Je t'aime|L'eau est froide|pomme de terre|Ça va ?",
    "de": "Guten Morgen|Wie geht's?|Ich bin müde|danke|Der Hund schläft.|Ja.|Tschüss|Es regnet.|"
    "Ich liebe dich|Wo ist der Bahnhof?|Straße|Entschuldigung|Alles Gute|Das Wetter ist schön",
    "es": "Hola|gracias|¿Qué tal?|buenos días|El perro duerme.|¿Dónde está el baño?|Te quiero|mañana|"
    "Hace frío|Me llamo Ana|La casa es grande|adiós|por favor|Feliz cumpleaños",
    "zh": "你好|我爱你|今天天气很好。|人工智能|我今天用 Python 写了一个 app|去 KTV 吗？|臺灣的天氣|謝謝你|"
    "鲜の味道馆真好吃|打开 https://example.com/a/b 看看|好|火车站在哪里？|iPhone 多少钱|３月５日|"
    "大韓民國的首都",
    "ja": "こんにちは|私は学生です|ありがとう|東京に行きます|カメラ",
    "ko": "안녕하세요|감사합니다|서울에 갑니다|大韓民國의 수도",
    "ru": "Привет|Как дела?|Я люблю тебя",
    "uk": "Дякую, їжак",
    "it": "Ciao, come stai?|Buongiorno a tutti, sono molto contento",
    "pt": "Bom dia, você está bem?|Não falo português",
    "pl": "Dzień dobry, jak się masz?",
    "vi": "Tôi yêu bạn",
    "ar": "مرحبا بالعالم",
    "he": "שלום עולם",
    "th": "สวัสดีครับ",
    "": "123 456|😀😀|  |https://example.com|`code`|3.14!",
}
CASES = [(language, text) for language, texts in STRINGS.items() for text in texts.split("|")]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_short_strings(language: str, text: str) -> None:
    """Each is taken for what it is; Chinese never for Korean."""
    guess = detect_language(text)
    assert guess.language == language
    assert 0 <= guess.confidence <= 1
    assert (guess.confidence == 0) == (language == "")


def test_doubt_is_resolved_in_favour_of_what_can_be_done() -> None:
    """An unclear word is not taken for a language that nobody offers; a clear sentence is."""
    assert detect_language("One llama. Two.", expected=["zh", "en", "fr"]).language in ("en", "fr")
    assert detect_language("¿Dónde está el baño, por favor?", expected=["zh", "en"]).language == "es"


def test_enough_strings_are_tried() -> None:
    """The list above is the measure of this feature."""
    assert len(CASES) >= 60
    assert set(STRINGS) - {""} <= set(DETECTED)


def test_mixed_texts_say_so() -> None:
    """Chinese with English in it is Chinese, mixed; the other way round as well."""
    assert detect_language("我今天用 Python 写了一个 app").mixed == "en"
    assert detect_language("I want to visit 北京 and 上海 with my friends next year").mixed in ("", "zh")
    both = detect_language("I love 北京烤鸭 very much")
    assert (both.language, both.mixed) == ("en", "zh")
    assert detect_language("今天天气很好，我们去公园吧。").mixed == ""


def test_it_is_surer_of_more_text() -> None:
    """A whole sentence leaves no doubt, one word does."""
    assert detect_language("El gato duerme en la casa de mi amigo.").confidence > 0.95
    assert detect_language("photo").confidence < 0.6


def test_only_the_beginning_is_read() -> None:
    """A book takes no longer than a page."""
    assert detect_language("Das ist ein Haus. " * 100_000) == Guess("de", 0.99)
