"""Groups of languages (ISO 639-5), by which translators with many languages are named.

CLDR and ISO 639 have no table of members that a library carries. Members are those that translators know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from llama_demo.language import language_of

_MEMBERS = {
    "roa": "es pt fr it ro ca gl oc ast an wa rm sc scn vec lmo pms fur co lld",
    "itc": "roa la",
    "gmw": "en de nl af fy lb yi nds li sco gsw stq",
    "gmq": "sv da no nn is fo",
    "gem": "gmw gmq",
    "zle": "ru uk be rue",
    "zlw": "pl cs sk hsb dsb szl csb",
    "zls": "bg mk sr hr bs sl",
    "sla": "zle zlw zls",
    "bat": "lt lv ltg sgs",
    "cel": "ga gd cy br kw gv",
    "inc": "hi bn ur pa gu mr ne si as or sa mai bho sd",
    "ira": "fa ps ku ckb tg os",
    "iir": "inc ira",
    "grk": "el",
    "ine": "itc gem sla bat cel iir grk hy sq",
    "fiu": "fi et hu se myv vep udm kv liv",
    "urj": "fiu",
    "trk": "tr az kk uz tt ba ug ky tk cv crh tyv sah gag",
    "tut": "trk mn",
    "sem": "ar he am mt ti arz",
    "cus": "so om",
    "afa": "sem cus ha kab",
    "dra": "ta te kn ml",
    "bnt": "sw zu xh ln lg rw sn ny ts tn st ss rn nso",
    "nic": "bnt yo ig wo ff",
    "alv": "bnt yo ig wo ff",
    "phi": "tl ceb ilo war pag",
    "pqe": "fj sm to mi haw",
    "poz": "phi id ms jv su mg mi haw fj sm to",
    "map": "poz",
    "zhx": "zh yue wuu lzh",
    "sit": "zhx my bo",
    "tai": "th lo",
    "aav": "vi km",
    "mkh": "vi km",
    "art": "eo ia io",
    "jpx": "ja",
    "euq": "eu",
    "ccs": "ka",
    "cau": "ccs ab av ce ady",
    "cpf": "ht",
    "cpp": "pap kea",
    "mul": "ine urj tut afa dra nic map sit tai aav art jpx euq ccs cpf ko",
    # Names that the first of these translators have.
    "romance": "roa",
    "scandinavia": "gmq",
    "celtic": "cel",
    "norway": "no nn",
    "north_eu": "de nl fy af da fo is no nn sv",
}
_JOINT = re.compile(r"[+_]")
_LIST = re.compile(r"\w+(?:\+\w+)+|[a-z]{3}(?:_[a-z]{3})+")
_GROUPS: Mapping[str, str] = MappingProxyType(_MEMBERS)


def languages_of(code: str) -> list[str]:
    """The languages that a translator's code means, each once: those of a group, of a list, or one.

    Args:
        code: of ISO 639, with a script or without; a group; or several joined by ``+``, or of three letters
            by ``_``: ``deu+eng+fra``.
    """
    if code.lower() in _GROUPS:
        return _each_once(_GROUPS[code.lower()].split())
    if _LIST.fullmatch(code):
        return _each_once(_JOINT.split(code))
    language = language_of(code)
    return [language.code] if language else []


def _each_once(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(each for code in codes for each in languages_of(code)))
