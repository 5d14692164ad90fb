"""The charset of a text whose file names none: chardet's candidates, held against how languages are written.

chardet scores each charset by pairs of bytes. In short texts its best candidate is often a wrong one, so a
candidate is weighed by how common the charset is, by whether its letters are those of a language, and by how
many words break rules of writing; it is believed only if no other text comes near it.
"""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass

import chardet
import regex

_CUT_FROM = 100
"""Bytes from which a text is believed to be cut in the middle of its last character."""
_SAMPLE = 8_000
"""Bytes by which the charset is told: those of lines that are not ASCII throughout."""
_MARGIN, _MARGIN_IF_SHORT, _MARGIN_IF_LONG = 1.6, 2.5, 1.2
"""How many times the score of the next text the best one needs."""
_SHORT, _LONG = 16, 80
"""Letters beyond ASCII."""
_LEAST, _LEAST_EAST_ASIAN = 0.008, 0.018
"""The least score of a text that is believed; any few letters can be an East Asian character or two."""
_LEAST_COMMON = 0.55
"""Share of an East Asian text's characters that must be among the common ones."""


@dataclass(frozen=True)
class _Charset:
    """A charset that texts are still found in.

    Attributes:
        codec: Python's name of it.
        label: chardet's.
        prior: how often it is met beside the others of its script.
        common: for an East Asian one, a codec and the first bytes that common characters have in it.
    """

    codec: str
    label: str
    prior: float = 1.0
    common: tuple[str, int, int] | None = None


# GB 2312, Big5, JIS X 0208 and KS X 1001 put the common characters into rows of their own.
_CHARSETS = (
    _Charset("gb18030", "gb18030", 1.3, ("gb2312", 0xA1, 0xD7)),
    _Charset("big5", "big5", 1.0, ("big5", 0xA1, 0xC6)),
    _Charset("cp932", "cp932", 1.0, ("euc-jp", 0xA1, 0xCF)),
    _Charset("euc-jp", "euc-jp", 0.8, ("euc-jp", 0xA1, 0xCF)),
    _Charset("cp949", "cp949", 1.0, ("euc-kr", 0xA1, 0xC8)),
    _Charset("cp1252", "windows-1252", 1.3),
    _Charset("iso8859-15", "iso-8859-15", 0.7),
    _Charset("cp1250", "windows-1250"),
    _Charset("iso8859-2", "iso-8859-2", 0.8),
    _Charset("cp1254", "windows-1254"),
    _Charset("cp1257", "windows-1257", 0.6),
    _Charset("cp1251", "windows-1251"),
    _Charset("koi8-r", "koi8-r"),
    _Charset("koi8-u", "koi8-u", 0.9),
    _Charset("cp866", "cp866", 0.7),
    _Charset("iso8859-5", "iso-8859-5", 0.7),
    _Charset("mac-cyrillic", "mac-cyrillic", 0.9),
    _Charset("cp1253", "windows-1253"),
    _Charset("iso8859-7", "iso-8859-7", 0.9),
    _Charset("cp1255", "windows-1255"),
    _Charset("cp1256", "windows-1256"),
    _Charset("cp850", "cp850", 0.4),
    _Charset("mac-roman", "mac-roman", 0.4),
)
_EAST_ASIAN_CODECS = frozenset(charset.codec for charset in _CHARSETS if charset.common)
_LABELS = frozenset(charset.label for charset in _CHARSETS)

# Letters beyond ASCII of the languages that are written in these charsets, by chardet's name of the language.
_ALPHABETS: dict[str, frozenset[str]] = {
    language: frozenset(letters + letters.upper())
    for language, letters in {
        "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
        "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
        "br": "ñùêâô",
        "cs": "áčďéěíňóřšťúůýž",
        "da": "æøåéü",
        "de": "äöüßéàè",
        "en": "éèïñâêç",
        "es": "áéíóúñüçªº",
        "et": "äöõüšž",
        "fi": "åäöéšž",
        "fr": "éèàùçâêîôûëïüÿœæº",
        "hr": "čćđšž",
        "hu": "áéíóöőúüű",
        "is": "áéíóúýþðæö",
        "it": "àèéìíòóùúîº",
        "lt": "ąčęėįšųūž",
        "lv": "āčēģīķļņšūž",
        "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
        "nl": "éëïöüáèêóàç",
        "no": "æøåéòô",
        "pl": "ąćęłńóśźż",
        "pt": "áâãàçéêíóôõúüªº",
        "ro": "ăâîșțşţ",
        "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "sk": "áäčďéíĺľňóôŕšťúýž",
        "sl": "čšžćđ",
        "sr": "абвгдђежзијклљмнњопрстћуфхцчџшčćđšž",
        "sv": "åäöéà",
        "tr": "çğıöşüâîûİ",
        "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    }.items()
}
_ALPHABETS["ca"] = _ALPHABETS["fr"] | _ALPHABETS["es"] | _ALPHABETS["it"]  # and what is near to these
_RARE = frozenset(("be", "br", "is", "mk", "sr"))
_LETTER_OF_ALPHABETS = regex.compile(r"[\p{Latin}\p{Cyrillic}--\p{ASCII}]", regex.V1)

# Control characters, private and unassigned ones, and the sign that stood where ISO 8859-15 has the euro.
_UNWRITTEN = regex.compile(r"[\x80-\x84\x86-\x9f\xa4\p{Co}\p{Cn}]")
_WORD = regex.compile(r"[^\s\p{Z}–—…«»“”„‚‘’•]++")
_SIGN_IN_WORD = regex.compile(
    # a sign between letters, but for hyphens, middle dots and the like
    r"\p{L}[[\p{S}\p{P}]--[\p{ASCII}·‐‑×’]]+\p{L}"
    # signs and letters that do not touch
    r"|\p{L}[¦¬¶¼½¾±¸¨¯ˇ˘˙˛\u2500-\u259f]|[£¥¦¬¶¼½¾±¸¨¯ˇ˘˙˛\u2500-\u259f]\p{L}",
    regex.V1,
)
_CASED = regex.compile(r"\p{Ll}\p{Lu}")
_OTHER_LETTERS = regex.compile(r"[\p{Cyrillic}\p{Greek}\p{Hebrew}\p{Arabic}]+")
_SCRIPTS = tuple(
    regex.compile(rf"\p{{{name}}}") for name in ("Latin", "Cyrillic", "Greek", "Hebrew", "Arabic")
)
_MIDDLE_QUOTE = regex.compile(r"\p{L}[«»]\p{L}")
_LETTER_BEYOND_ASCII = regex.compile(r"[\p{L}--\p{ASCII}]", regex.V1)
_EAST_ASIAN = regex.compile(r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]")
_HANGUL = regex.compile(r"\p{Hangul}")
_HALF_KANA = regex.compile(r"[\uff66-\uff9f]")
_LEAST_HANGUL = 0.8
_OTHER_WEIGHT, _RARE_WEIGHT = 0.5, 0.5
"""Of letters that are not those of the language that chardet tells, and of languages that are rarely met."""
_MOST_WRONG = 0.3
"""Share of the words beyond ASCII that may break a rule: names such as McDonald's, abbreviations."""


def detect(data: bytes) -> str:
    """Python's name of the charset; empty if it is unclear.

    Args:
        data: not UTF-8, not UTF-16.
    """
    sample = b"\n".join(line for line in data.split(b"\n") if not line.isascii())[:_SAMPLE]
    ranked = sorted(_scored(sample).items(), key=lambda item: -item[1][0])
    if not ranked:
        return ""
    text, (score, codec) = ranked[0]
    least = _LEAST_EAST_ASIAN if codec in _EAST_ASIAN_CODECS else _LEAST
    if score < max(least, _margin(text, codec) * ranked[1][1][0] if len(ranked) > 1 else 0.0):
        return ""
    return codec if is_readable(data, codec) else ""


def _margin(text: str, codec: str) -> float:
    letters = len(_LETTER_BEYOND_ASCII.findall(text))
    if letters < _SHORT and codec != "cp1252":
        return _MARGIN_IF_SHORT
    return _MARGIN if letters < _LONG else _MARGIN_IF_LONG


def is_readable(data: bytes, codec: str) -> bool:
    """Whether the bytes are text of this charset, but for a character that is cut at the end."""
    try:
        codecs.getincrementaldecoder(codec)().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _scored(sample: bytes) -> dict[str, tuple[float, str]]:
    """Each text that the sample can be, with its score and charset."""
    found = chardet.detect_all(sample, ignore_threshold=True, include_encodings=_LABELS)
    scores = {
        codecs.lookup(str(each["encoding"])).name: (float(each["confidence"]), str(each["language"]))
        for each in found
        if each["encoding"]
    }
    best: dict[str, tuple[float, str]] = {}
    for charset in _CHARSETS:
        likely, language = scores.get(codecs.lookup(charset.codec).name, (0.0, ""))
        text = _text(sample, charset.codec) if likely else None
        if text is None or _has_only_single(text):
            continue
        usual = _commonness(text, charset) if charset.common else _familiarity(text, language)
        score = likely * charset.prior * usual * _correctness(text)
        if score > best.get(text, (0.0, ""))[0]:
            best[text] = (score, charset.codec)
    return best


def _text(sample: bytes, codec: str) -> str | None:
    """The sample read so, perhaps without a character that is cut at its end."""
    try:
        return sample.decode(codec)
    except UnicodeDecodeError:
        if len(sample) < _CUT_FROM or not is_readable(sample, codec):
            return None
    return codecs.getincrementaldecoder(codec)().decode(sample)


def _has_only_single(text: str) -> bool:
    """Whether the letters of another script than the Latin one stand alone, each by itself."""
    words = _OTHER_LETTERS.findall(text)
    return bool(words) and max(map(len, words)) == 1


def _correctness(text: str) -> float:
    """From 0 to 1: lower if words mix scripts, have a capital behind a small letter, or a sign inside."""
    if _UNWRITTEN.search(text):
        return 0.0
    words = Counter(word for word in _WORD.findall(text) if not word.isascii())
    wrong = sum(count for word, count in words.items() if _is_wrong(word)) + len(_MIDDLE_QUOTE.findall(text))
    share = wrong / max(1, words.total())
    return 0.0 if share > _MOST_WRONG else (1 - share) ** 6


def _is_wrong(word: str) -> bool:
    if _EAST_ASIAN.search(word):
        return False  # no blanks part words there from each other, or from foreign ones
    scripts = sum(bool(script.search(word)) for script in _SCRIPTS)
    return scripts > 1 or bool(_CASED.search(word)) or bool(_SIGN_IN_WORD.search(word))


def _familiarity(text: str, language: str) -> float:
    """From 0 to 1: whether the letters are those of the language, or else of another one."""
    letters = Counter(_LETTER_OF_ALPHABETS.findall(text))
    if not (whole := letters.total()):
        return 1.0
    known = {
        name: (sum(n for c, n in letters.items() if c in alphabet) / whole) ** 12
        for name, alphabet in _ALPHABETS.items()
    }
    own = known.get(language, 0.0) * (_RARE_WEIGHT if language in _RARE else 1.0)
    return max(own, *(_OTHER_WEIGHT * each for name, each in known.items() if name not in _RARE))


def _commonness(text: str, charset: _Charset) -> float:
    """From 0 to 1: the share of common characters in an East Asian text; 0 if there are too few."""
    assert charset.common is not None
    characters = _EAST_ASIAN.findall(text)
    if charset.codec == "cp949" and len(_HANGUL.findall(text)) < _LEAST_HANGUL * len(characters):
        return 0.0
    codec, first, last = charset.common
    common = sum(first <= c.encode(codec, "ignore")[:1].ljust(1, b"\0")[0] <= last for c in characters)
    share = (common + len(_HALF_KANA.findall(text))) / max(1, len(characters))
    return share if share >= _LEAST_COMMON else 0.0
