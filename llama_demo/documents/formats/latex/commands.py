"""What commands of LaTeX mean for a reader of its text."""

from __future__ import annotations

HEADINGS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
"""Commands that begin a section, with its level."""

ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "t": "\u0361",
    "c": "\u0327",
    "d": "\u0323",
    "b": "\u0331",
    "r": "\u030a",
    "k": "\u0328",
}
"""Combining characters by the name of the command."""

SIGNS = {
    "---": "—",
    "--": "–",
    "``": "“",
    "''": "”",
    "~": " ",
    "\\ss": "ß",
    "\\ae": "æ",
    "\\AE": "Æ",
    "\\oe": "œ",
    "\\OE": "Œ",
    "\\o": "ø",
    "\\O": "Ø",
    "\\l": "ł",
    "\\L": "Ł",
    "\\aa": "å",
    "\\AA": "Å",
    "\\i": "ı",
    "\\j": "ȷ",
    "\\ldots": "…",
    "\\dots": "…",
    "\\textendash": "–",
    "\\textemdash": "—",
    "\\copyright": "©",
    "\\S": "§",
    "\\P": "¶",
    "\\pounds": "£",
    "\\euro": "€",
    "\\texteuro": "€",
    "\\textdegree": "°",
    "\\LaTeX": "LaTeX",
    "\\TeX": "TeX",
    "\\textbackslash": "\\",
    "\\textasciitilde": "~",
    "\\textquotedbl": '"',
    "\\glqq": "„",
    "\\grqq": "“",
    "\\guillemotleft": "«",
    "\\guillemotright": "»",
    "\\og": "« ",
    "\\fg": " »",
    "\\,": " ",
    "\\ ": " ",
    "\\\n": " ",
    "\\;": " ",
    "\\:": " ",
    "\\quad": " ",
    "\\qquad": " ",
    "\\-": "",
    "\\/": "",
    "\\@": "",
}
"""Characters that commands and ligatures stand for."""

_ONE = (
    "label ref eqref pageref autoref cref Cref nameref cite citep citet citeauthor citeyear parencite "
    "textcite autocite footcite nocite includegraphics usepackage RequirePackage documentclass "
    "bibliography bibliographystyle addbibresource vspace hspace pagestyle thispagestyle hypersetup "
    "geometry index gls color pagecolor graphicspath selectlanguage setlist usetikzlibrary setstretch "
    "phantom pagenumbering hyphenation DeclareGraphicsExtensions captionsetup theoremstyle bibitem href "
    "textcolor colorbox raisebox foreignlanguage parbox"
)
_TWO = "DeclareMathOperator newtheorem setlength addtolength setcounter addtocounter definecolor multicolumn"

UNREAD_ARGUMENTS = {
    **dict.fromkeys(_ONE.split(), 1),
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(("newenvironment", "renewenvironment"), 3),
}
"""Commands whose first arguments are no text, with how many these are."""

DEFINITIONS = frozenset(("newcommand", "renewcommand", "providecommand"))
ELSEWHERE = frozenset(("input", "include", "subfile"))
"""Commands that take in another file."""

TABLES = frozenset(("tabular", "tabular*", "tabularx", "longtable", "array"))
BOXES = frozenset(("minipage", "wrapfigure"))
"""Environments with an argument that is no text."""

LISTS = frozenset(("itemize", "enumerate", "description"))
