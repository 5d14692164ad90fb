r"""LaTeX is read as it is printed, and no words are lost with a command that is not known."""

from __future__ import annotations

import pytest

from llama_demo.documents.document import BlockKind, DocumentNotice
from llama_demo.documents.registry import read_document

SOURCE = r"""
\documentclass{article}
\usepackage[latin1]{inputenc}
\title{The \emph{harbour} book}
\newcommand{\ship}[1]{\textbf{#1}}
\begin{document}
\maketitle
% a comment
\section{First \& last}\label{sec:a}
The lighthouse~is dark, 50\% of it \cite[p.~3]{knuth}. Stra{\ss}e, na\"{\i}ve ---
``quoted''. \ship{Marlowe} sails.\footnote{At \textit{dawn}.} $E = mc^2$

\begin{enumerate}\item first \begin{enumerate}\item inner\end{enumerate} \item second\end{enumerate}
\iffalse left out \fi
\begin{itemize}\item[Two] other\end{itemize}
\begin{tabular}{l|r} name & age \\ \hline Ola & 41 \\ \end{tabular}
\begin{verbatim}
def f():
    return 1 % kept
\end{verbatim}
\textcolor{red}{red words} \unknown{kept words} \href{http://x.y}{the link} \input{other}
\end{document}
gone
"""


def test_a_document() -> None:
    """Headings, notes, items, rows and code, each of its kind."""
    document = read_document("a.tex", SOURCE.encode("latin1"))
    assert document.title == "The harbour book"
    assert document.notices == (DocumentNotice("parts_elsewhere", {"count": 1}),)
    assert [(block.kind, block.text) for block in document.blocks] == [
        (BlockKind.HEADING, "The harbour book"),
        (BlockKind.HEADING, "First & last"),
        (
            BlockKind.PARAGRAPH,
            "The lighthouse is dark, 50% of it . Straße, naïve — “quoted”. Marlowe sails. $E = mc^2$",
        ),
        (BlockKind.NOTE, "At dawn."),
        (BlockKind.LIST_ITEM, "1. first"),
        (BlockKind.LIST_ITEM, "(a) inner"),
        (BlockKind.LIST_ITEM, "2. second"),
        (BlockKind.LIST_ITEM, "Two other"),
        (BlockKind.TABLE_ROW, "name | age"),
        (BlockKind.TABLE_ROW, "Ola | 41"),
        (BlockKind.CODE, "def f():\n    return 1 % kept"),
        (BlockKind.PARAGRAPH, "red words kept words the link"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            r"Caf\'e, \v{S}koda, \'{\i}, Fran\c{c}ais, \o re, \L{}\'od\'z",
            "Café, Škoda, í, Français, øre, Łódź",
        ),
        (r"\begin{align} a &= b \label{x} \end{align}", r"\begin{align} a &= b \end{align}"),
        (r"\section{One", "One"),
        (r"use \verb|x_y| and \texttt{a\_b}", "use x_y and a_b"),
        ("one\n\n\ntwo % gone\nthree", "one\n\ntwo three"),
        (
            "\\begin{document}\\begin{verbatim}\n\\end{document}\n\\end{verbatim}after\\end{document} gone",
            "\\end{document}\n\nafter",
        ),
        # commands of the author
        (
            r"\newcommand{\x}{the \emph{lamp}}\renewcommand\y[1]{no}\begin{document}See \x{} now",
            "See the lamp now",
        ),
        (r"\newcommand*\a{ha}\newcommand{\b}{\a\a}\b, \renewcommand{\a}{\a ho}\a", "haha, ha ho"),
        (
            r"\newcommand{\a}{ab}"
            + "".join(rf"\newcommand{{\a{x}}}{{\a\a}}\renewcommand{{\a}}{{\a{x}}}" for x in "b" * 40)
            + "end",
            "end",
        ),
        ("{" * 2_000 + "deep" + "}" * 2_000, "deep"),
    ],
)
def test_pieces(source: str, text: str) -> None:
    """A file that is only a part of a document, or damaged, is read too."""
    assert read_document("a.tex", source.encode()).text == text


def test_the_declared_encoding() -> None:
    """Old files name it in a package."""
    source = "\\usepackage[cp1251]{inputenc}\nМаяк"
    assert read_document("a.tex", source.encode("cp1251")).text == "Маяк"
