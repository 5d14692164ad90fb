"""Chinese questions from Chinese sentences: the question word stands where the answer stood."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from llama_demo.tasks.suggestion import Suggestion

_DIGITS = r"(?:[0-9][0-9,.]*|[一二两三四五六七八九十百千万]+)"
_MEASURE = (
    "小时|分钟|公里|千米|厘米|毫米|平方米|公斤|千克|个月|个小时|天|个|名|人|元|块|米|克|升|层|间|本|次|度|岁|页|张|条|站|"
    "座|辆|周|份|位|秒|棵|只|件|步|段|顿|杯|毫升|节|道|场|把|台|家|趟|排|颗|组"
)
# A number that is one end of a range, or a part of a larger one, is no answer by itself.
_FROM, _TO = r"(?<![到至、—–～~－\-])", r"(?![到至—–～~－\-/]|以[上下内外])"
_NUMBER = rf"(?<![第一二两三四五六七八九十百千万0-9,.分点])(?P<answer>(?!一(?:{_MEASURE}))"
# 一点 by itself is "a little", but not in 上午一点 and 一点半.
_CLOCK = (
    rf"(?<![一二三四五六七八九十0-9])(?!(?<![午上晨])一点(?![半钟]))"
    rf"{_DIGITS} ?点(?:半|{_DIGITS} ?分|钟)?|[0-9]{{1,2}}[:：][0-9]{{2}}"
)
_STREET = "楼|层|室|厅|街|路|号|旁|边|侧|门口|对面|附近|广场|公园"
_SHAPES = (
    (
        rf"{_FROM}(?<![0-9])(?P<answer>(?:公元前?)?[0-9]{{3,4}} ?年)(?![0-9度代前后来间级]){_TO}",
        "哪一年",
        "when",
    ),
    (rf"{_FROM}(?P<answer>{_DIGITS} ?月 ?{_DIGITS} ?[日号])(?!前|后|$){_TO}", "几月几日", "when"),
    (rf"{_FROM}(?P<answer>{_CLOCK}){_TO}", "几点", "when"),
    (
        r"(?<=由)(?P<answer>[一-鿿·]{2,8}?)"
        r"(?=创办|建造|设计|负责|组织|管理|发起|制作|编写|主持|提供|开办)",
        "谁",
        "who",
    ),
    (r"(?<=位于|坐落在|放在|设在|存放在)(?P<answer>[一-鿿0-9 ]{2,14})$", "哪里", "where"),
    (rf"(?<=[^现正存实还所是好]在)(?P<answer>[一-鿿0-9 ]{{1,8}}(?:{_STREET}))$", "哪里", "where"),
    (rf"{_FROM}{_NUMBER}{_DIGITS} ?(?P<measure>{_MEASURE})){_TO}(?![前后半])", "", "number"),
    (
        r"(?<=叫作|叫做|名叫|名为|称为|(?<!名|称)叫)(?P<answer>(?![做作])[一-鿿A-Za-z“”「」]{2,12})$",
        "什么",
        "what",
    ),
)
_PATTERNS = tuple((regex.compile(pattern), word, kind) for pattern, word, kind in _SHAPES)

_CLAUSE = regex.compile(r"[，；：。！？,;]")
_ODD = regex.compile(r"[“”\"「」『』（）()《》|*_#？?！!…]")
_LEANING = regex.compile(
    r"(?:它|他|她|这|那|此|其|我|你|您|咱|但|而|所以|因此|如果|要是|不过|然后|于是|也|还|可是|并|则|当|因为|由于|虽然|除|另外|同时|接着|"
    r"最后|首先|先|再|又|就|都|只|从|按|把|被|给|对|在|每次|有的|有些|其中|例如|比如|后来|之后|以后|以前|之前|大约|大概|一般|通常|"
    r"最|于|由|已|自|至|指的|成立|连同|估计|然而|初期|到了|到|过了|超过|不到|至少|最多|请|可以|需要|不|没|共|一共|总共|用|每|第|[0-9]|[一二两三四五六七八九十])"
)
# Clauses of time: their main clause follows the comma.
_HANGING = regex.compile(r"(?:[前后时]|期间|以来|[在于]\s*(?:公元前?)?[0-9]{3,4} ?年)$")
_SHORTEST, _LONGEST = 6, 40
_BEFORE = 3
"""Fewest characters before the question word; they say what is asked about."""


def questions(sentence: str, text: str) -> Iterator[Suggestion]:
    """Questions that a sentence answers, the best shape first."""
    del text
    if sentence[-1] not in "。！" or _ODD.search(sentence[:-1]):
        return
    clause = _CLAUSE.split(sentence)[0].strip()
    if not _SHORTEST <= len(clause) <= _LONGEST or _LEANING.match(clause) or _HANGING.search(clause):
        return
    for pattern, word, kind in _PATTERNS:
        match = pattern.search(clause)
        if match is None or match.start() < _BEFORE:
            continue
        question_word = word or f"多少{match['measure']}"
        question = clause[: match.start()].rstrip() + question_word + clause[match.end() :].lstrip()
        yield Suggestion(f"{question}？", match["answer"], sentence, kind)
