"""What verbatim parts look like: a regular expression for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_EXTENSIONS = (
    "bash|bat|bz2|cfg|conf|cpp|cs|css|csv|dll|docx?|epub|exe|gif|go|gz|h|html?|ico|ini|ipynb|jar|java|jpe?g|js|json|"
    "jsonl|kt|lock|log|lua|md|mkv|mp3|mp4|odt|pdf|php|png|po|pptx?|ps1|py|rar|rb|rs|rst|rtf|sh|sql|srt|svg|swift|"
    "tar|tex|toml|ts|tsx|txt|vue|wav|webp|xlsx?|xml|ya?ml|zip"
)
_DOMAINS = "app|biz|cn|co|com|de|dev|edu|es|eu|fr|gov|info|io|jp|net|org|uk"
# Symbols that mean a unit behind any number; those of one letter, and words, do so behind a sign only.
_SYMBOLS = (
    "°[CF]?|℃|℉|km/h|m/s|mph|[kcmµμn]m[²³]?|m[²³]|m(?<![$€£¥][\\d.,]*[ \u00a0\u202f]?m)|[kmµμ]?g|"
    "[mcd]?l(?!['’])|lbs?|oz|ft[²³]?|yd[²³]?|[kMGT]?Hz|[kKMGT]i?B|[kMGT]bit/s|[kMG]W|[kMG]?Wh|[mk]?V|mAh?|[kMG]?Ω|[hkM]?Pa|mbar|dB|k?cal|kJ|"
    "rpm|px|dpi|fps|[mnµμ]s|(?<=[ \u00a0\u202f])(?:s|min)"
)
_UNITS = rf"{_SYMBOLS}|%|‰|[WAK]|Ah|bar|pt|em|rem|s|min|h"
# Before a number, and part of it. A dash between two numbers means "to".
_SIGN = r"(?:[-−+±~]|[≈≤≥] ?|(?<!\d\s)–)"
WORD = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{M}\p{N}_"
"""Characters of words that have blanks around them, for a set of a regular expression.

Chinese, Japanese and Korean have none around what they borrow, so there ``\\w`` would not find an end.
"""
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
_ADDRESS = r"\s<>\"'`，。；：、！？（）「」《》“”{}"  # what ends one
# 3.755.251 is a number in German, but 192.168.100.200 is an address of the Internet Protocol.
_THOUSANDS = r"(?!\d{1,3}(?:\.[12]\d\d){3}(?!\.?\d))\d{1,3}(?:\.\d{3})+(?!\.?\d|[-+]\w)"
# What follows the n, r or t of a command of LaTeX, rather than of a line break or a tab.
_COMMANDS = r"[a-z]*[{\[]|ew[a-z]|o(?:indent|t\b)|e\b|eq|u\b|ightarrow|ho\b|imes|o\b|heta|au\b"
_SEGMENT = r"[^\\/:*?\"<>|\s，。；：、！？（）「」《》“”]+"  # of a path on Windows
# In the order of precedence. Each is written so that a text of any length is read in linear time.
_KINDS = {
    "code": (
        r"``[^\n]{1,1000}?``|`[^`\n]+`"
        rf"|\\(?:[nrt\"'](?!{_COMMANDS})|u[0-9A-Fa-f]{{4}}|x[0-9A-Fa-f]{{2}})"
        r"|(?<![A-Za-z0-9_.])[A-Za-z_][A-Za-z0-9_]{0,60}+(?:(?:\.|::|->)[A-Za-z_][A-Za-z0-9_]{0,60}+){0,6}+\(\)"
        r"|(?<![A-Za-z0-9_.:@/-])[A-Za-z_][A-Za-z0-9_]{0,60}+(?:(?:::|->)[A-Za-z_][A-Za-z0-9_]{0,60}+){1,6}+"
        r"|(?<![A-Za-z0-9])(?:Ctrl|Strg|Control|Alt|Shift|Cmd|Command|Option|Win|Meta|Super|Fn)"
        r"(?:[+-](?:[A-Z][A-Za-z]{0,12}+|[a-z]|F?\d{1,2})(?![A-Za-z0-9])){1,4}"
        r"|(?<![\w$])\$(?![\s{(])[^$\n]{0,80}?[\^\\=][^$\n]{0,80}(?<!\s)\$(?![\w{(])"
    ),
    "address": (
        r"(?:[a-z][a-z0-9+.-]{1,15}+://|www\.|mailto:)"
        rf"(?:(?:[{_UNSPACED}][^{_ADDRESS}/?#]*|[^{_UNSPACED}{_ADDRESS}/?#]+)(?:[/?#][^{_ADDRESS}]*)?|/[^{_ADDRESS}]+)"
        rf"|(?<![{WORD}.@/-])(?:[A-Za-z0-9-]{{1,63}}+\.){{1,5}}+(?<=\.)(?:{_DOMAINS})(?![{WORD}-])(?:/[^\s<>\"'，。；：、！？（）]*)?"
    ),
    "mail": r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "tag": (
        r"</?(?:[A-Za-z][\w:-]*+|\d{1,3})(?:\s[^<>\n]*+)?/?>|<!--[^\n]{0,1000}?-->|<!\[CDATA\[|\]\]>"
        r"|<[@#!:][^<>\s]{1,80}>"
    ),
    "link": r"!?\[(?=[^\[\]\n]{1,300}\]\([^()\s]{1,1000}\))|\]\([^()\s]{1,1000}\)",
    "entity": r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});",
    "placeholder": (
        r"\{\s*\w+\s*,\s*(?:plural|select|selectordinal|choice|number|date|time)\b"
        r"(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\}"
        r"|\{\{\{?[^{}\n]{0,200}\}?\}\}|\{%[^\n]{1,200}?%\}|\{!![^\n]{1,200}?!!\}|[$#%@]\{[^{}\n]{1,200}\}"
        r"|<[%?][^\n]{1,200}?[%?]>|\$t?\((?![\d\s])[^()\n]{1,200}\)|\[\[\w{1,60}\]\]|\[[A-Z][A-Z0-9_]{1,60}\]"
        r"|<<\w{1,60}>>|\*\|[A-Z][A-Z0-9_:]{0,60}\|\*|%%[A-Za-z]\w{0,60}%%|@@[A-Za-z]\w{0,60}@@"
        r"|\{ ?[$@#/&^>-]?[\w.\[\]'\"-]{0,80}(?:![rsa])?(?::[^{}\s]{0,40})? ?\}"
        r"|\{\d{1,3}(?:,-?\d{1,3})?(?::[^{}\n]{1,40})?\}"
        r"|%(?:\([\w.]{1,60}\)|<\w{1,60}>)[-+#0]*+\d*+(?:\.\d++)?[a-zA-Z]"
        rf"|(?<![{WORD}%])%\d++\$[-+#0]*+\d*+(?:\.\d++)?(?:ll?|h)?[a-zA-Z@]"
        r"|(?<![\d%])%[-+#0]*+(?:\d++|\*)?(?:\.(?:\d++|\*))?(?:[ds]|(?:ll?|hh?"
        r"|[zjt])?[dsfiuxXogGeEcp@](?![a-z]{2}))"
        rf"|(?<![{WORD}%])%[-#]?[YmbBydHIMSpAaZjCDFTRG](?![{WORD}])"
        rf"|(?<![{WORD}%])%(?:[nL]?\d{{1,2}}(?![{WORD}%.,])|n(?![{WORD}])|[A-Za-z_]{{2,40}}%)|%%"
        rf"|(?<![{WORD}$])\$[A-Za-z_][{WORD}]{{0,60}}(?![{WORD}])\$?|__[A-Z][A-Z0-9_]{{1,60}}__"
        rf"|(?<![\w:：])::?[A-Za-z_][{WORD}]{{0,60}}(?:-[{WORD}]+)?:?(?![{WORD}])"
    ),
    "path": (
        r"(?<![A-Za-z0-9])[A-Za-z]:/(?:[\w.@+-]+/)*+[\w.@+-]*[A-Za-z0-9_]/?"
        rf"|[A-Za-z]:\\(?:{_SEGMENT}(?: {_SEGMENT}){{0,4}}\\)*(?:{_SEGMENT})?|\\\\[\w.-]+(?:\\{_SEGMENT})+"
        r"|(?<![\w/.<>~:@+-])(?:[~@]|\.{1,2})?/(?:[\w.@+-]+/)*+[\w.@+-]*[A-Za-z0-9_]/?"
        r"|(?<![A-Za-z0-9_/-])(?:[A-Za-z0-9-]++[/_])++[A-Za-z0-9.-]*\.[A-Za-z][A-Za-z0-9_]{0,4}(?![A-Za-z0-9_])"
        rf"|(?<![A-Za-z0-9-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+){{0,3}}\.(?:{_EXTENSIONS})(?![A-Za-z0-9_])"
        r"|(?<!\S)--?[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?:=\S+)?|(?<!\S)--[a-z][a-z0-9]+(?:=\S+)?"
        r"|(?<![A-Za-z0-9_.])(?:[a-z][a-z0-9]*_[a-z0-9_]+|[A-Z][A-Z0-9]*_[A-Z0-9_]+)(?![A-Za-z0-9])"
        r"|(?<![A-Za-z0-9_.@/-])[a-z_][a-z0-9_]+(?:\.[a-z_][a-z0-9_]+){2,6}+(?![A-Za-z0-9_@-])"
        r"|(?<![A-Za-z0-9_.@/-])[a-z]{2,30}+[A-Z][A-Za-z0-9]{0,60}+(?![_@])"
    ),
    "mention": (
        rf"(?<![{WORD}@./])@[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*(?:@[A-Za-z0-9.-]+[A-Za-z0-9])?"
        rf"|(?<![{WORD}@./])@\p{{Han}}{{1,8}}(?![\p{{Han}}\w])"
    ),
    "hashtag": (
        rf"(?<![{WORD}&#/])#(?=\w{{0,30}}\p{{Han}})\w{{1,31}}#"
        rf"|(?<![{WORD}&#/])#[\p{{Latin}}\d_][\p{{Latin}}\p{{M}}\d_-]*(?<!-)"
        r"|(?<![\w&#/])#[\p{Han}\w]+(?![\p{Han}\w])"
    ),
    "version": (
        r"(?<![\w.:])(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}(?![\w.:])"
        rf"|(?<![{WORD}.])[vV]\d+(?:\.\d+)*(?:[-+][A-Za-z0-9.]*[A-Za-z0-9])?(?![{WORD}])"
        rf"|(?<![{WORD}.,])(?!{_THOUSANDS})\d+(?:\.\d+){{2,}}(?:[-+][A-Za-z0-9.]*[A-Za-z0-9])?(?![{WORD}])"
        r"|(?<![\w.,-])\d+(?:-\d+){2,}(?![\w-])"
        r"|(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])|(?<!\w)0x[0-9A-Fa-f]+(?!\w)"
        rf"|(?<![{WORD}-])[A-Z]{{1,5}}\d{{2,8}}[A-Z]?(?![{WORD}-])"
        r"|(?<![\w-])[A-Z]{1,6}[A-Z0-9]*-\d[A-Za-z0-9-]*(?<!-)(?!\w)"
    ),
    "time": (
        rf"(?<![{WORD}.:/-])(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?"
        r"(?:[ \u00a0]?[ap](?:m(?!\p{L})|\.[ \u00a0]?m\.))?|\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?)"
        rf"(?![{WORD}:/]|-\d)"
    ),
    "quantity": (
        rf"(?<![{WORD}.,-])\+\d{{1,3}}(?:[ .()/-]{{1,2}}\d{{1,8}}){{2,6}}(?!\d)"
        rf"|(?<![\w.,)\]-]){_SIGN}[$€£¥]?\d(?:[\d.,]*\d)?(?:[\u00a0\u202f ]?(?:{_UNITS})(?![\p{{Latin}}\d]))?"
        # Behind Chinese a dash may as well mean "to", but seldom before degrees.
        r"|(?<=\p{Han})[-−–+±]\d(?:[\d.,]*\d)?[\u00a0\u202f ]?(?:°[CF]?|℃|℉|[%‰])"
        rf"|(?<![\p{{Latin}}\d.,])\d(?:[\d.,]*\d)?[\u00a0\u202f ]?(?:{_SYMBOLS})(?![\p{{Latin}}\d])"
    ),
    "number": r"(?<![\p{Latin}\d])\d(?:[\d.,:]*\d)?",
    "emoji": r"(?:(?!\d)[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f])+",
}

PATTERNS: Mapping[str, str] = MappingProxyType(_KINDS)
"""Regular expressions by kind, in the order of precedence."""
