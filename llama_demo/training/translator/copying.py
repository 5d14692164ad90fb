"""Synthetic pairs that teach a translator to copy numbers, addresses and names."""

from __future__ import annotations

import random
import re
import string

# The same sentences in every language; English comes first in each pair that is made of them.
_SENTENCES = {
    "en": (
        "See {x} for details.",
        "Write to {x}.",
        "Please call {x}.",
        "The number is {x}.",
        "My name is {x}.",
        "Open {x}.",
        "Type `{x}` and press Enter.",
        "{x}",
        "I live at {x}.",
        "The price is {x}.",
    ),
    "zh": (
        "详情见 {x}。",
        "请写信到 {x}。",
        "请拨打 {x}。",
        "号码是 {x}。",
        "我叫 {x}。",
        "打开 {x}。",
        "输入 `{x}`，然后按回车键。",
        "{x}",
        "我住在 {x}。",
        "价格是 {x}。",
    ),
    "fr": (
        "Voir {x} pour plus de détails.",
        "Écrivez à {x}.",
        "Veuillez appeler le {x}.",
        "Le numéro est {x}.",
        "Je m'appelle {x}.",
        "Ouvrez {x}.",
        "Tapez `{x}` et appuyez sur Entrée.",
        "{x}",
        "J'habite au {x}.",
        "Le prix est de {x}.",
    ),
    "de": (
        "Einzelheiten finden Sie unter {x}.",
        "Schreiben Sie an {x}.",
        "Bitte rufen Sie {x} an.",
        "Die Nummer ist {x}.",
        "Ich heiße {x}.",
        "Öffnen Sie {x}.",
        "Geben Sie `{x}` ein und drücken Sie die Eingabetaste.",
        "{x}",
        "Ich wohne in {x}.",
        "Der Preis ist {x}.",
    ),
    "es": (
        "Consulte {x} para más detalles.",
        "Escriba a {x}.",
        "Por favor, llame al {x}.",
        "El número es {x}.",
        "Me llamo {x}.",
        "Abra {x}.",
        "Escriba `{x}` y pulse Intro.",
        "{x}",
        "Vivo en {x}.",
        "El precio es {x}.",
    ),
}
_NUMBER = re.compile(r"\d+")


def copy_pair(language: str, dice: random.Random) -> tuple[str, str, str]:
    """A sentence in English and in ``language`` that contains the same string, and that string."""
    number = dice.randrange(len(_SENTENCES["en"]))
    kept = dice.choice((_address, _mail, _telephone, _name, _path, _amount))(dice)
    return _SENTENCES["en"][number].format(x=kept), _SENTENCES[language][number].format(x=kept), kept


def with_other_numbers(english: str, other: str, dice: random.Random) -> tuple[str, str]:
    """The pair with each number that stands once on either side replaced by another of its length."""
    shared = {n for n in _NUMBER.findall(english) if len(n) > 1 and english.count(n) == other.count(n) == 1}
    for number in sorted(shared):  # a set's own order differs from run to run
        drawn = str(dice.randrange(10 ** (len(number) - 1), 10 ** len(number)))
        english, other = english.replace(number, drawn), other.replace(number, drawn)
    return english, other


def _word(dice: random.Random, low: int = 3, high: int = 9) -> str:
    return "".join(dice.choices(string.ascii_lowercase, k=dice.randint(low, high)))


def _address(dice: random.Random) -> str:
    host = f"{dice.choice(('', 'www.'))}{_word(dice)}.{dice.choice(('com', 'org', 'cn', 'de'))}"
    path = "/".join(_word(dice) for _ in range(dice.randrange(3)))
    return f"http{dice.choice(('', 's'))}://{host}/{path}"


def _mail(dice: random.Random) -> str:
    person = f"{_word(dice)}{dice.choice(('', '.', '_'))}{_word(dice)}"
    return f"{person}@{_word(dice)}.{dice.choice(('com', 'org', 'net'))}"


def _telephone(dice: random.Random) -> str:
    groups = ("".join(dice.choices(string.digits, k=dice.randint(2, 4))) for _ in range(3))
    return dice.choice(("+", "", "")) + dice.choice((" ", "-")).join(groups)


def _name(dice: random.Random) -> str:
    return f"{_word(dice).capitalize()} {_word(dice).capitalize()}"


def _path(dice: random.Random) -> str:
    return (
        f"{_word(dice)}{dice.choice(('_', '-', '/'))}{_word(dice)}.{dice.choice(('py', 'txt', 'json', 'md'))}"
    )


def _amount(dice: random.Random) -> str:
    number = f"{dice.randrange(1, 10_000):,}" if dice.random() < 0.3 else str(dice.randrange(1, 100_000))
    return f"{dice.choice(('$', '€', '¥', ''))}{number}{dice.choice(('', '.50', '.99', ' %', ' kg'))}"
