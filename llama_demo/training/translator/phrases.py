"""Synthetic pairs about numbers, times, dates and names, of which text for training has too few.

A sentence is a frame in each language with slots; what stands in a slot is drawn once and worded in both
languages. Number words are those of num2words, and in Chinese those of :func:`chinese_number`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

from num2words import num2words

from llama_demo.text.agreement.calendar import calendar_names

Wording = Mapping[str, str]
"""The same thing by language."""

_TABLE_LANGUAGES = ("en", "zh", "de", "fr", "es")
_LATIN = ("en", "de", "fr", "es")

# Latin letters stay as they are.
PEOPLE = """
    Anna|安娜
    Tom|汤姆
    Mary|玛丽
    Peter|彼得
    John|约翰
    Paul|保罗
    Lisa|丽莎
    David|大卫
    Emma|艾玛
    Laura|劳拉
    Martin|马丁
    Julia|朱莉娅
    Daniel|丹尼尔
    Lucy|露西
    Alice|爱丽丝
    Jack|杰克
    Robert|罗伯特
    Sarah|萨拉
"""
# None begins with a vowel in French, where "de" and "que" would be shortened in front of it.
CITIES = """
    Paris|巴黎|Paris|Paris|París
    London|伦敦|London|Londres|Londres
    Berlin|柏林|Berlin|Berlin|Berlín
    Rome|罗马|Rom|Rome|Roma
    Madrid|马德里|Madrid|Madrid|Madrid
    Beijing|北京|Peking|Pékin|Pekín
    Shanghai|上海|Shanghai|Shanghai|Shanghái
    Tokyo|东京|Tokio|Tokyo|Tokio
    New York|纽约|New York|New York|Nueva York
    Moscow|莫斯科|Moskau|Moscou|Moscú
    Vienna|维也纳|Wien|Vienne|Viena
    Munich|慕尼黑|München|Munich|Múnich
    Barcelona|巴塞罗那|Barcelona|Barcelone|Barcelona
    Boston|波士顿|Boston|Boston|Boston
    Chicago|芝加哥|Chicago|Chicago|Chicago
    Sydney|悉尼|Sydney|Sydney|Sídney
    Lisbon|里斯本|Lissabon|Lisbonne|Lisboa
    Prague|布拉格|Prag|Prague|Praga
    Geneva|日内瓦|Genf|Genève|Ginebra
    Seoul|首尔|Seoul|Séoul|Seúl
    Hamburg|汉堡|Hamburg|Hambourg|Hamburgo
"""
# Countable things, with the Chinese measure word.
THINGS = """
    books|本书|Bücher|livres|libros
    dogs|只狗|Hunde|chiens|perros
    tickets|张票|Karten|billets|billetes
    eggs|个鸡蛋|Eier|œufs|huevos
    apples|个苹果|Äpfel|pommes|manzanas
    pencils|支铅笔|Bleistifte|crayons|lápices
"""
GROUPS = """
    children|个孩子|Kinder|enfants|niños
    students|个学生|Studenten|étudiants|estudiantes
    people|个人|Menschen|personnes|personas
"""
DURATIONS = """
    minutes|分钟|Minuten|minutes|minutos
    days|天|Tage|jours|días
    years|年|Jahre|ans|años
    months|个月|Monate|mois|meses
"""

_FRAMES = """
    The concert is {on_day}.|音乐会在{on_day}。|Das Konzert ist {on_day}.|Le concert a lieu {on_day}.|El concierto es {on_day}.
    See you {on_day}!|{on_day}见！|Bis {day}!|À {day} !|¡Hasta {on_day}!
    I have no time {on_day}.|我{on_day}没有时间。|{on_day^} habe ich keine Zeit.|Je n'ai pas le temps {on_day}.|No tengo tiempo {on_day}.
    We will meet {on_day} {at_time}.|我们{on_day}{at_time}见面。|Wir treffen uns {on_day} {at_time}.|Nous nous retrouvons {on_day} {at_time}.|Nos vemos {on_day} {at_time}.
    He comes back {on_day} {at_part}.|他{on_day}{at_part}回来。|Er kommt {on_day}{at_part} zurück.|Il revient {on_day} {at_part}.|Vuelve {on_day} {at_part}.
    The bus leaves {at_time}.|公共汽车{at_time}开。|Der Bus fährt {at_time} ab.|Le bus part {at_time}.|El autobús sale {at_time}.
    I get up {at_time}.|我{at_time}起床。|Ich stehe {at_time} auf.|Je me lève {at_time}.|Me levanto {at_time}.
    The museum opens {at_time}.|博物馆{at_time}开门。|Das Museum öffnet {at_time}.|Le musée ouvre {at_time}.|El museo abre {at_time}.
    The film ends {at_time}.|电影{at_time}结束。|Der Film endet {at_time}.|Le film finit {at_time}.|La película termina {at_time}.
    He was born {on_date}.|他是{on_date}出生的。|Er wurde {on_date} geboren.|Il est né {on_date}.|Nació {on_date}.
    The party is {on_date}.|聚会在{on_date}。|Die Feier ist {on_date}.|La fête est {on_date}.|La fiesta es {on_date}.
    The holidays begin {in_month}.|假期{in_month}开始。|Die Ferien beginnen {in_month}.|Les vacances commencent {in_month}.|Las vacaciones empiezan {in_month}.
    It often rains {in_month}.|{in_month}经常下雨。|{in_month^} regnet es oft.|Il pleut souvent {in_month}.|Llueve a menudo {in_month}.
    I have {things}.|我有{things}。|Ich habe {things}.|J'ai {things}.|Tengo {things}.
    She bought {things}.|她买了{things}。|Sie kaufte {things}.|Elle a acheté {things}.|Ella compró {things}.
    I see {things}.|我看见{things}。|Ich sehe {things}.|Je vois {things}.|Veo {things}.
    There are {group} in the room.|房间里有{group}。|Im Zimmer sind {group}.|Il y a {group} dans la pièce.|Hay {group} en la sala.
    It takes {duration}.|需要{duration}。|Es dauert {duration}.|Cela prend {duration}.|Se tarda {duration}.
    They stayed for {duration}.|他们待了{duration}。|Sie blieben {duration}.|Ils sont restés {duration}.|Se quedaron {duration}.
    It costs {amount} euros.|这个{amount}欧元。|Es kostet {amount} Euro.|Ça coûte {amount} euros.|Cuesta {amount} euros.
    I paid {amount} dollars.|我付了{amount}美元。|Ich habe {amount} Dollar bezahlt.|J'ai payé {amount} dollars.|Pagué {amount} dólares.
    It is {amount} kilometres to {city}.|到{city}有{amount}公里。|Es sind {amount} Kilometer bis {city}.|Il y a {amount} kilomètres jusqu'à {city}.|Hay {amount} kilómetros hasta {city}.
    More than {large} people live there.|那里住着{large}多人。|Dort leben mehr als {large} Menschen.|Plus de {large} personnes y vivent.|Más de {large} personas viven allí.
    {person} is {age} years old.|{person}{age}岁了。|{person} ist {age} Jahre alt.|{person} a {age} ans.|{person} tiene {age} años.
    My grandmother is {age}.|我奶奶{age}岁。|Meine Großmutter ist {age}.|Ma grand-mère a {age} ans.|Mi abuela tiene {age} años.
    {person} comes from {city}.|{person}来自{city}。|{person} kommt aus {city}.|{person} vient de {city}.|{person} es de {city}.
    {person} called me {on_day}.|{person}{on_day}给我打了电话。|{person} hat mich {on_day} angerufen.|{person} m'a appelé {on_day}.|{person} me llamó {on_day}.
    I was in {city} with {person}.|我和{person}一起去了{city}。|Ich war mit {person} in {city}.|J'étais à {city} avec {person}.|Estuve en {city} con {person}.
    The flight to {city} was late.|去{city}的航班晚点了。|Der Flug nach {city} hatte Verspätung.|Le vol pour {city} était en retard.|El vuelo a {city} llegó tarde.
    How far is it to {city}?|到{city}有多远？|Wie weit ist es nach {city}?|C'est à quelle distance de {city} ?|¿A qué distancia está {city}?
    {person} has never been to {city}.|{person}从来没去过{city}。|{person} war noch nie in {city}.|{person} n'est jamais allé à {city}.|{person} nunca ha estado en {city}.
    {person} does not live in {city} any more.|{person}不住在{city}了。|{person} wohnt nicht mehr in {city}.|{person} n'habite plus à {city}.|{person} ya no vive en {city}.
    {person} moved to {city} {in_month}.|{person}{in_month}搬到了{city}。|{person} ist {in_month} nach {city} gezogen.|{person} a déménagé à {city} {in_month}.|{person} se mudó a {city} {in_month}.
"""  # noqa: E501


def phrase_pair(language: str, dice: random.Random) -> tuple[str, str]:
    """A sentence in English and the same in ``language``."""
    frame = dice.choice(_table(_FRAMES))
    slots = {name: draw(dice) for name, draw in _SLOTS.items() if f"{{{name}" in frame["en"] + frame["de"]}
    if "on_day" in slots:  # German frames may name the day without its preposition
        slots["day"] = next(day for day in _calendar("days") if day["zh"] == slots["on_day"]["zh"])
    return _filled(frame, slots, "en"), _filled(frame, slots, language)


def _filled(frame: Wording, slots: Mapping[str, Wording], language: str) -> str:
    text = frame[language]
    for name, wording in slots.items():
        word = wording[language]
        text = text.replace(f"{{{name}}}", word).replace(f"{{{name}^}}", word[:1].upper() + word[1:])
    return text[0].upper() + text[1:]


@cache
def _calendar(field: Literal["days", "months"]) -> tuple[Wording, ...]:
    """Weekdays, from Monday, or months."""
    names = {language: calendar_names(field, language) for language in _TABLE_LANGUAGES}
    return tuple({language: own[number] for language, own in names.items()} for number in sorted(names["en"]))


@cache
def _table(rows: str) -> tuple[Wording, ...]:
    """The lines of a table, with a cell for each language."""
    return tuple(
        dict(zip(_TABLE_LANGUAGES, line.strip().split("|"), strict=True))
        for line in rows.strip().splitlines()
    )


def chinese_number(number: int) -> str:
    """A number below 100,000,000 as it is written in Chinese characters: 12,050 is 一万二千零五十."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return (
            chinese_number(high) + "万" + (("零" if low < 1_000 else "") + chinese_number(low) if low else "")
        )
    text, gap = "", False
    for place, unit in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + unit
        gap = not digit
    return text.removeprefix("一") if text.startswith("一十") else text or "零"


def _words(number: int) -> Wording:
    latin = {language: num2words(number, lang=language).replace(", ", " ") for language in _LATIN}
    return {**latin, "zh": chinese_number(number)}


def _figures(number: int) -> Wording:
    """In figures, with the separators of each language."""
    english = f"{number:,}"
    dots = english.replace(",", ".")
    return {"en": english, "zh": str(number), "de": dots, "es": dots, "fr": english.replace(",", " ")}


def _number(dice: random.Random, high: int) -> Wording:
    """A number from two on, in words or figures; none ends in one, which some languages inflect."""
    number = dice.randrange(2, high)
    number += number % 10 == 1
    return _words(number) if dice.random() < 0.6 and number < 1_000 else _figures(number)


def _counted(rows: str, high: int) -> Callable[[random.Random], Wording]:
    def draw(dice: random.Random) -> Wording:
        number, noun = _number(dice, high), dice.choice(_table(rows))
        joined = {language: f"{number[language]} {noun[language]}" for language in _LATIN}
        count = "两" if number["zh"] == "二" else number["zh"]
        return {**joined, "zh": count + noun["zh"]}

    return draw


def _person(dice: random.Random) -> Wording:
    name, chinese = dice.choice(PEOPLE.split()).split("|")
    return {**dict.fromkeys(_LATIN, name), "zh": chinese}


def _large(dice: random.Random) -> Wording:
    number = dice.randrange(2, 90) * dice.choice((1_000, 10_000))
    chinese = f"{number // 10_000}万" if number % 10_000 == 0 else str(number)
    return {**_figures(number), "zh": chinese}


def _on_day(dice: random.Random) -> Wording:
    day = dice.choice(_calendar("days"))
    western = {"en": f"on {day['en']}", "de": f"am {day['de']}", "fr": day["fr"], "es": f"el {day['es']}"}
    return {**western, "zh": day["zh"]}


def _at_part(dice: random.Random) -> Wording:
    """The part of a day, behind the day's name; in German one word with it."""
    return dice.choice(
        _table("morning|早上|morgen|matin|por la mañana\nevening|晚上|abend|soir|por la noche")
    )


def _on_date(dice: random.Random) -> Wording:
    month, day = dice.choice(_calendar("months")), dice.randrange(1, 29)
    if dice.random() < 0.5:
        english = dice.choice((f"on {month['en']} {day}", f"on {day} {month['en']}"))
        chinese = f"{_calendar('months').index(month) + 1}月{day}日"
        first = "1er" if day == 1 else str(day)
        return {
            "en": english,
            "zh": chinese,
            "de": f"am {day}. {month['de']}",
            "fr": f"le {first} {month['fr']}",
            "es": f"el {day} de {month['es']}",
        }
    ordinal, cardinal = num2words(day, lang="en", to="ordinal"), _words(day)
    french = "premier" if day == 1 else cardinal["fr"]
    return {
        "en": f"on the {ordinal} of {month['en']}",
        "zh": f"{month['zh']}{cardinal['zh']}日",
        "de": f"am {num2words(day, lang='de', to='ordinal')}n {month['de']}",
        "fr": f"le {french} {month['fr']}",
        "es": f"el {cardinal['es']} de {month['es']}",
    }


def _in_month(dice: random.Random) -> Wording:
    month = dice.choice(_calendar("months"))
    prefixes = {"en": "in ", "zh": "", "de": "im ", "fr": "en ", "es": "en "}
    return {language: prefix + month[language] for language, prefix in prefixes.items()}


def _at_time(dice: random.Random) -> Wording:
    """A time of the day, from two to eleven o'clock, with its preposition."""
    hour = dice.randrange(2, 12)
    now, later = _words(hour), _words(hour + 1)
    chinese = "两" if hour == 2 else now["zh"]
    kinds = f"""
        {now["en"]} o'clock|{chinese}点|{now["de"]} Uhr|{now["fr"]} heures|{now["es"]}
        {now["en"]}|{chinese}点|{now["de"]}|{now["fr"]} heures|{now["es"]}
        half past {now["en"]}|{chinese}点半|halb {later["de"]}|{now["fr"]} heures et demie|{now["es"]} y media
        {now["en"]} thirty|{chinese}点半|{now["de"]} Uhr dreißig|{now["fr"]} heures trente|{now["es"]} y media
        a quarter past {now["en"]}|{chinese}点一刻|Viertel nach {now["de"]}|{now["fr"]} heures et quart|{now["es"]} y cuarto
        a quarter to {later["en"]}|差一刻{later["zh"]}点|Viertel vor {later["de"]}|{later["fr"]} heures moins le quart|{later["es"]} menos cuarto
        {now["en"]} in the morning|早上{chinese}点|{now["de"]} Uhr morgens|{now["fr"]} heures du matin|{now["es"]} de la mañana
        {now["en"]} in the evening|晚上{chinese}点|{now["de"]} Uhr abends|{now["fr"]} heures du soir|{now["es"]} de la noche
        {hour}:30|{hour}:30|{hour}:30 Uhr|{hour} h 30|{hour}:30
        {hour} o'clock|{hour}点|{hour} Uhr|{hour} heures|{hour}
    """  # noqa: E501
    time = dice.choice(_table(kinds))
    prefixes = {"en": "at ", "zh": "", "de": "um ", "fr": "à ", "es": "a las "}
    return {language: prefix + time[language] for language, prefix in prefixes.items()}


_SLOTS: Mapping[str, Callable[[random.Random], Wording]] = {
    "on_day": _on_day,
    "at_part": _at_part,
    "at_time": _at_time,
    "on_date": _on_date,
    "in_month": _in_month,
    "things": _counted(THINGS, 60),
    "group": _counted(GROUPS, 60),
    "duration": _counted(DURATIONS, 60),
    "amount": lambda dice: _number(dice, dice.choice((60, 1_000))),
    "large": _large,
    "age": lambda dice: _number(dice, 100),
    "person": _person,
    "city": lambda dice: dice.choice(_table(CITIES)),
}
