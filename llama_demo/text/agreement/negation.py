"""Whether a text denies something."""

from __future__ import annotations

from dataclasses import dataclass

import regex


@dataclass(frozen=True)
class _Rules:
    """Of one language.

    Attributes:
        idioms: with a negative word in them, but positive, or often said positively elsewhere.
        strong: words that deny.
        counterparts: words and endings by which other languages may say what a negation says.
    """

    idioms: regex.Pattern[str]
    strong: regex.Pattern[str]
    counterparts: regex.Pattern[str]


def _rules(idioms: str, strong: str, counterparts: str) -> _Rules:
    return _Rules(*(regex.compile(pattern, regex.IGNORECASE) for pattern in (idioms, strong, counterparts)))


_RULES = {
    "en": _rules(
        idioms=(
            r",\s*(?:\w+n['’]t|am I not|are you not)\s+\w+\s*\?|^\s*No[,.!]|\bnot only\b|\bno\.\s?\d"
            r"|\bno (?:doubt|matter|wonder|problem)\b"
            r"|\bwhy (?:don['’]t|not)\b|\bcan(?:no|['’])t (?:help|wait|stand)\b|\bif not\b|\bor not\b"
            r"|\bnothing but\b|\bno\s(?:sooner|less|more|"
            r"longer) than\b|\b(?:\w+n['’]t|not)\s(?:[\w’']+\s){0,4}(?:mind|care|until|till)\b"
            r"|^\s*\w+n['’]t\s[^.!]*\?|\bwhy\s\w+n['’]t\b"
            r"|\bnot (?:so |too )?long ago\b|\bnot too bad\b|\bnot yet\b\?|\bdon['’]t (?:you|we)\b[^.]*\?"
        ),
        strong=(
            r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|cannot|no one|impossible|forbidden"
            r"|prohibited)\b|n['’]t\b"
        ),
        counterparts=(
            r"\b(?:without|hardly|barely|scarcely|rarely|seldom|few|little|unless|instead|rather|against"
            r"|except|mind|free|"
            r"away|stop(?:ped|s|ping)?|quit|refus\w*|fail\w*|lack\w*|avoid\w*|den(?:y|ied|ies)|forb\w+"
            r"|prevent\w*|dislike\w*|wonder\w*|miss(?:ed|ing)?|"
            r"lost|ignor\w*|absent\w*|wrong|false|broken|deaf|dumb|doubt\w*|un(?!til|der|it|iv|ion|iq|cle"
            r"|less|i\b)\w{4,}|"
            r"in(?:valid|visible|complete|correct|credibl\w+|secure|sane|capable|human|just|justice"
            r"|explicabl\w+|evitabl\w+|different|"
            r"competen\w+|comprehensibl\w+|soluble|sufficient|significant|accurate|adequate|appropriate"
            r"|finite|tolerabl\w+|nocent|"
            r"edible|curable|dependen\w+|experienced|ability)|im(?:possib\w+|mature|mortal\w*"
            r"|moral|patien\w+|perfect|polite|"
            r"probable|pure|practical)|ir(?:regular|responsib\w+|relevant|rational)|il(?:legal\w*|literate"
            r"|logical)|"
            r"dis(?:agree\w*|appear\w*|appoint\w*|honest\w*|obey\w*|like\w*|satisf\w+|trust|regard\w*"
            r"|content\w*)|\w{3,}less|"
            r"afraid|sorry|alone|different\w*|forget\w*|forgot\w*|empty|whether|prohibit\w*|beyond"
            r"|bad(?:ly)?|\w+trust|far from"
            r"|ban(?:ned)?|anything but|too|yet|"
            r"left|ran out|silen\w+|safely|keep|quiet|still|no)\b"
        ),
    ),
    "zh": _rules(
        idioms=(
            r"不错|不过|不但|不仅|不光|不只|不同|不久|不得不|对不起|差不多|不管|不论|了不起|不断|不少|不如|不然|不止|不愧|不禁|不妨"
            r"|没关系|没问题|没事|没什么|不客气|不用谢|不用客气|巴不得|恨不得|忍不住|舍不得|不由得|少不了|免不了|要不|莫非|莫名|说不定|不见得"
            r"|(\p{Han}{1,2})[不没]\1|有没有|没有?吗|[吗呢]不|[了过]没有?(?=[?？])|不停|不一会|不一样"
            r"|非常|非洲|是非|非得|无论|无聊|无数|无比|未来|未婚|别的|别人|特别|分别|区别|性别|告别|级别|个别|道别|离别|识别|鉴别|别墅|别针|别名"
            r"|除非|莫斯科|不在乎|不好意思|不安|不幸|不满|不愿|差点没|没完没了|没多久|再好不过|毫无疑问|无疑|不单|不知不觉|非.{1,8}不可|不[^，。；]{1,6}不"
            r"|为什么不|怎么不|何不|不是.{1,16}吗|不.{1,12}吗|没.{1,12}吗|无声|疑无|稻田|淹没|沉没|出没|没收|埋没|勿忘|否则|是否|能否|绝不亚于"
            r"|不知道?(?:为什么|怎么|为何)|不介意|不到.{1,8}就|不可思议|不寻常|不可或缺"
        ),
        strong=r"[不没别莫勿未非否无]|毋|甭|休想|禁止|严禁",
        counterparts=(
            r"禁|难|很少|罕|缺|免|拒|放弃|停|戒|讨厌|错|假(?![期日如设使])|死|怕|只|除了|以外|之前|直到|几乎|抱歉|其他|其它|另|忘|失|丢|聋|哑|瞎|(?<![天航太时])空(?![气间调中军港])|[吃用花卖]光|静|独|仍|还|(?<!太)太(?![阳太空平])"
            r"|防|避|阻|才"
        ),
    ),
    "fr": _rules(
        idioms=(
            r"n['’]est-ce pas|\bne\b[^.,;?!]{1,40}?\bque\b|n['’][^.,;?!]{1,40}?\bqu(?:e\b|['’])"
            r"|n['’]importe|\bpourquoi pas\b|^\s*Non[,.!]"
            r"|\bnon plus\b|\bpas mal\b|\b(?:non|pas) seulement\b|\bsans (?:aucun )?doute\b"
            r"|\bde rien\b|^[^.,]*\b(?:ne"
            r"|n['’])[^.!]{1,60}\?|\bil n['’]y a pas (?:si )?longtemps"
            r"|\bplus rien\b|\bpourquoi\b[^.]*\bpas\b|\bpas du tout\s*\?"
        ),
        strong=(
            r"\b(?:pas|jamais|aucune?|rien|ni|nulle part|non|sans|guère|nul|impossible|interdite?s?)\b"
            r"|\b(?:ne|n['’])\s?\w+[^.,;]{0,30}\b(?:personne|plus)\b|\bpersonne\s(?:ne\b|n['’])"
        ),
        counterparts=(
            r"\b(?:ne|sans|peu|guère|seulement|sauf|plus|peine|refus\w*|manqu\w*|évit\w*|interdi\w*"
            r"|empêch\w*|arrêt\w*|cess\w*|"
            r"faux|fausse|mauvais\w*|difficile\w*|détest\w*|ignor\w*|absent\w*|perdu\w*|raté\w*|oubli\w*"
            r"|fiche|fous|moque\w*|"
            r"in(?:capable|connu|différen\w+|utile|visible|croyable|complet\w*|juste\w*|suffisan\w+"
            r"|terdi\w*|satisf\w+|apte|évitable|nocent\w*)|"
            r"im(?:possible|poli\w*|patient\w*|prudent\w*|parfait\w*|mature)|ir(?:réel|responsable"
            r"|régulier\w*)|il(?:légal\w*|lisible)|"
            r"dés(?:accord|obéi\w+|agréable|ordre|espér\w+)|mécontent\w*|malheureu\w+|jusqu\w*|trop|rare\w*"
            r"|échou\w*|mort\w*|malade\w*|"
            r"différent\w*|vide|seul\w*|encore|doute\w*|désol\w*|loin|silenc\w+|sourd\w*|garde\w*"
            r"|avant|mal)\b|n['’]"
        ),
    ),
    "de": _rules(
        idioms=(
            r",\s*nicht(?: wahr)?\s*\?|\bnicht nur\b|^\s*Nein[,.!]|\bwarum\b[^.]*\bnicht\b|\boder nicht\b"
            r"|\bnichts als\b|\bohne weiteres\b"
            r"|\bkein (?:Problem|Wunder)\b|\bkeine Ursache\b|\bnicht umhin\b|^[^.,]*\b(?:nicht"
            r"|kein\w*)\b[^.!]*\?|\bohne Zweifel\b|\boder\s*\?"
            r"|\bnicht\b[^.,]{0,30},?\s(?:ehe|bevor|bis)\b|\bnicht (?:allzu|so) lange her\b"
        ),
        strong=r"\b(?:nicht|nichts|nie|niemals|niemand\w*|nirgend\w*|kein\w*|weder|nein|ohne|unmöglich|verboten)\b",
        counterparts=(
            r"\b(?:ohne|kaum|wenig\w*|selten|sondern|außer\w*|statt|stattdessen|verweiger\w*|weiger\w*"
            r"|scheiter\w*|fehl\w*|vermeid\w*|"
            r"verbot\w*|verbiet\w*|verhinder\w*|aufhör\w*|aufgehört|hör\w*\b[^.,]*\bauf|gegen|falsch\w*"
            r"|schlecht\w*|schwierig\w*|hass\w*|"
            r"ignorier\w*|abwesend|verlor\w*|verlier\w*|verpass\w*|vergess\w*|vergiss\w*|un(?!d\b|s\b|ser"
            r"|ten|ter|gef)\w{4,}|miss?(?:fall|trau|versteh|"
            r"acht)\w*|\w{3,}los(?:e[nrsm]?)?|leer\w*|zu(?=\s\w+,?\s+(?:um|als)\b)|bevor|ehe|bis|leid|tot\w*|anders?|andere\w*|(?-i:weg)"
            r"|lieber|egal|sonst|letzt\w*|allein\w*|"
            r"noch|ablehn\w*|lehn\w*|entgeh\w*|kaputt\w*|taub|stumm|still\w*|seinesgleichen|kürzlich"
            r"|(?!freitag|freiburg)\w*frei\w*|erst)\b"
        ),
    ),
    "es": _rules(
        idioms=(
            r",\s*¿\s*no\s*\?|,\s*¿?verdad\s*\?|\bno (?:solo|sólo|solamente|obstante)\b|^\s*¡?No[,.!]"
            r"|\bde nada\b|\b[Pp]or qué no\b|\bcómo no\b"
            r"|\bno\b[^.]{1,40}\b(?:más|sino) que?\b|\bnada más\b|¿[^?]*\bno\b[^?]*\?"
            r"|\bno\b[^.]{1,40}\bhasta\b|\bsin (?:problemas|duda)\b|\bno hay mal\b"
            r"|\bque nunca\b|\bsi no\b|\bo no\b|\bno importa\b"
        ),
        strong=r"\b(?:no|nunca|jamás|nada|nadie|ningun\w*|ningún|ni|sin|tampoco|imposible|prohibid[oa]s?)\b",
        counterparts=(
            r"\b(?:sin|apenas|poc[oa]s?|sino|excepto|salvo|neg(?:ar|ó|ado|aron)|nieg\w+|falt\w*|fall\w*"
            r"|evit\w*|prohib\w*|impid\w*|imped\w*|"
            r"dej(?:a|ó|ado|ar|e) de|par(?:ar|ó|ad[oa]s?)|contra|fals\w*|difícil\w*|odi\w*|ignor\w*"
            r"|ausente\w*|perd\w*|pierd\w*|olvid\w*|"
            r"in(?:capaz|creíble\w*|útil\w*|visible\w*|justo\w*|seguro\w*|suficiente\w*|diferente\w*"
            r"|completo\w*|feliz|sensato\w*|ocente\w*|"
            r"tolerable\w*)|im(?:posible\w*|paciente\w*|perfecto\w*|probable\w*|púdico)|ir(?:regular"
            r"|responsable|real)\w*|ilegal\w*|"
            r"des(?:conoc\w+|apar\w+|agrad\w+|obed\w+|acuerdo|honest\w+|graciad\w+|contento\w*)|antes"
            r"|demasiado|rar[oa]s?|muert\w*|"
            r"otr[oa]s?|distint\w*|diferente\w*|fuera|vací\w*|rechaz\w*|lejos|todavía|aún|dud\w*|siento"
            r"|en vez|mal|solo|sólo|sola|silenc\w+|"
            r"sord[oa]|nada|hasta|mal[oa]s?)\b"
        ),
    ),
}  # fmt: skip


def negation_differs(source: str, translation: str, languages: tuple[str, str]) -> bool:
    """Whether one of the two denies something and the other does in no way.

    Always false where one of the languages has no rules.
    """
    if any(language not in _RULES for language in languages):
        return False
    ours = _Denial(source, _RULES[languages[0]])
    theirs = _Denial(translation, _RULES[languages[1]])
    return (ours.strong and not (theirs.strong or theirs.counterpart)) or (
        theirs.strong and not (ours.strong or ours.counterpart)
    )


class _Denial:
    """What a text has of negation; an idiom counts as a counterpart of one."""

    def __init__(self, text: str, rules: _Rules) -> None:
        rest = rules.idioms.sub(" ", text)
        self.strong = rules.strong.search(rest) is not None
        self.counterpart = rest != text or rules.counterparts.search(rest) is not None
