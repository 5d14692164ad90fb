"""Language detection: by script, and among languages of one script by statistics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from llama_demo.normal_form import normal_text
from llama_demo.text.verbatim import without_verbatim

# Scripts with the languages that are told apart by statistics, or the one that is meant.
_SCRIPTS: dict[str, tuple[str, ...]] = {
    "Latin": tuple("en fr de es it pt nl sv da no fi pl cs sk hu ro tr vi id".split()),
    "Han": ("zh",),
    "Kana": ("ja",),
    "Hangul": ("ko",),
    "Cyrillic": ("ru", "uk", "bg"),
    "Arabic": ("ar", "fa"),
    "Greek": ("el",),
    "Hebrew": ("he",),
    "Devanagari": ("hi",),
    "Thai": ("th",),
}
DETECTED = tuple(language for languages in _SCRIPTS.values() for language in languages)
"""The languages that are told apart, by ISO 639-1 code."""

_LETTERS = regex.compile(
    r"(?P<Latin>[\p{Latin}'’]+)|(?P<Han>\p{Han})|(?P<Kana>[\p{Hiragana}\p{Katakana}])|(?P<Hangul>\p{Hangul})"
    r"|(?P<Cyrillic>\p{Cyrillic}+)|(?P<Arabic>\p{Arabic}+)|(?P<Greek>\p{Greek}+)|(?P<Hebrew>\p{Hebrew}+)"
    r"|(?P<Devanagari>\p{Devanagari}+)|(?P<Thai>\p{Thai})"
)
# Characters of these scripts that make about one word.
_WORD = {"Han": 1.6, "Kana": 2.5, "Hangul": 2.5, "Thai": 4.0}
# Statistics of three or four letters see too little of a short text; everyday words help out there.
_EVERYDAY = {
    "en": "the a an is are was be i you he she it we they my your this that what where when who how and "
    "or not no yes hello hi thanks thank please good morning night dog cat day to of in on for "
    "with do does don't i'm it's can will have has love handsome beautiful water house friend "
    "today tomorrow sorry bye apple book "
    "car school food money people time computer language world work music name help need want see go",
    "fr": "le la les un une des est sont je tu il elle nous vous ils c'est et ou ne pas oui non bonjour "
    "salut merci bonsoir bien très où quand qui que comment pourquoi chat chien jour avec dans "
    "pour sur mon ma ton au aux du ça s'il plaît au revoir j'ai suis eau maison ami demain "
    "aujourd'hui",
    "de": "der die das ein eine einen ist sind bin ich du er sie es wir ihr und oder nicht kein ja nein "
    "hallo danke bitte guten gute morgen tag abend nacht wie was wo wann wer warum hund katze mit "
    "in für auf mein meine dein zu von geht geht's habe hat wasser haus freund heute schön "
    "tschüss",
    "es": "el la los las un una es son está estoy yo tú él ella nosotros y o no sí hola gracias adiós "
    "buenos buenas días noches tardes qué cómo dónde cuándo quién por favor perro gato día con en "
    "para mi tu muy bien del al se me te casa agua amigo hoy mañana tengo tiene quiero",
    "it": "il lo gli è sono ciao grazie per non che come stai buongiorno di una io lei noi bene",
    "pt": "o os as é são não obrigado obrigada olá você bom dia uma eu ele muito bem como está",
    "ru": "привет как дела я люблю тебя ты он она мы вы не да нет спасибо это что где и в на с по",
    "nl": "het een ik jij hij wij niet ja nee hallo dank goedemorgen dag hoe gaat",
}
_KNOWN = {
    word: frozenset(language for language, words in _EVERYDAY.items() if word in words.split())
    for words in _EVERYDAY.values()
    for word in words.split()
}
# How much likelier an everyday word, and an expected language, makes a language.
_WORD_FACTOR, _EXPECTED_FACTOR = 5.0, 4.0
_CERTAIN = 0.9  # below this no other language than an expected one is believed
_ENGLISH_FACTOR = 2.0  # a single word that could be anything is English more often than not
_LONGEST_SAMPLE = 4_000  # characters; more tells nothing new
_MIXED_SHARE = 0.2


@dataclass(frozen=True)
class Guess:
    """The language of a text.

    Attributes:
        language: ISO 639-1; empty for a text without letters (digits, emoji, blanks).
        confidence: 0 to 1.
        mixed: a second language, of another script, with a real share of the text; empty if there is none.
    """

    language: str
    confidence: float
    mixed: str = ""


def detect_language(text: str, *, expected: Collection[str] = ("en", "fr", "de", "es")) -> Guess:
    """Tell the language of a text; addresses and code in it do not count.

    Args:
        expected: languages that are likelier than others, which decides about short texts.
    """
    sample = without_verbatim(normal_text(text[:_LONGEST_SAMPLE]))
    words = _words_by_script(sample)
    if not words:
        return Guess("", 0.0)
    (first, count), *others = sorted(words.items(), key=lambda item: -item[1])
    total = sum(words.values())
    share = count / total
    language, confidence = _within(first, sample, expected)
    mixed = ""
    if others and others[0][1] / total >= _MIXED_SHARE:
        mixed = _within(others[0][0], sample, expected)[0]
    return Guess(language, round(confidence * min(1.0, 0.4 + 0.6 * share), 2), mixed)


def has_script_of(text: str, language: str) -> bool:
    """Whether any letter of the text is of a script that ``language`` is written in; Latin if unknown."""
    scripts = {script for script, languages in _SCRIPTS.items() if language in languages} or {"Latin"}
    if language == "ja":
        scripts.add("Han")
    return any(match.lastgroup in scripts for match in _LETTERS.finditer(without_verbatim(text)))


def _words_by_script(sample: str) -> dict[str, float]:
    """How many words, roughly, each script has; kana and Hangul beside Han make the text theirs."""
    words: defaultdict[str, float] = defaultdict(float)
    for match in _LETTERS.finditer(sample):
        script = match.lastgroup or ""
        words[script] += 1 / _WORD.get(script, 1.0)
    for script in ("Kana", "Hangul"):
        # A single の in a Chinese name does not make it Japanese.
        if words["Han"] and words[script] > 0.15 * words["Han"] and words[script] > 1 / _WORD[script]:
            words[script] += words.pop("Han")
    return {script: count for script, count in words.items() if count > 0}


def _within(script: str, sample: str, expected: Collection[str]) -> tuple[str, float]:
    """The language of the text's part in ``script``, and how sure that is."""
    languages = _SCRIPTS[script]
    letters = " ".join(match[0] for match in _LETTERS.finditer(sample) if match.lastgroup == script)
    if len(languages) == 1:
        # One or two Chinese characters could as well be Japanese.
        return languages[0], 0.8 if script == "Han" and len(letters.split()) < 3 else 0.99
    scores = dict(_identifier(languages).rank(letters))
    for word in letters.lower().replace("’", "'").split()[:40]:
        for language in _KNOWN.get(word, ()):
            if language in scores:
                scores[language] *= _WORD_FACTOR
    for language in expected:
        if language in scores:
            scores[language] *= _EXPECTED_FACTOR * (_ENGLISH_FACTOR if language == "en" else 1.0)
    total, best = sum(scores.values()), max(scores, key=scores.__getitem__)
    hoped = [language for language in expected if language in scores]
    if hoped and best not in hoped and scores[best] / total < _CERTAIN:
        best = max(hoped, key=scores.__getitem__)
    return best, min(0.99, scores[best] / total)


@cache
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier
