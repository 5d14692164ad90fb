"""reStructuredText is read with what Sphinx adds to it, and takes nothing from other files."""

from __future__ import annotations

from llama_demo.documents.document import BlockKind, DocumentNotice
from llama_demo.documents.registry import read_document

SOURCE = """\
Harbour
=======

:Author: Tilda

Intro with *emphasis*, ``code``, :ref:`the map <map>`, :func:`~os.path.join`, and a link_.

.. _link: http://x.y

.. versionadded:: 3.2
   New *lamp* words.

.. code-block:: python
   :linenos:

   def ferry():
       return 1

Below
-----

(c) One
(#) Two

.. note:: Take care [1]_.

.. [1] A footnote.

===== =====
name  age
===== =====
Ola   41
===== =====

.. include:: /etc/hostname

.. custom::

   Words of a directive.

Broken *emphasis here
"""


def test_a_document() -> None:
    """Headings, fields, items, rows and code, each of its kind; roles are their text."""
    document = read_document("a.rst", SOURCE.encode())
    assert document.title == "Harbour"
    assert [(block.kind, block.text) for block in document.blocks] == [
        (BlockKind.HEADING, "Harbour"),
        (BlockKind.FIELD, "Author: Tilda"),
        (BlockKind.PARAGRAPH, "Intro with emphasis, code, the map, os.path.join, and a link."),
        (BlockKind.PARAGRAPH, "3.2 New lamp words."),
        (BlockKind.CODE, "def ferry():\n    return 1"),
        (BlockKind.HEADING, "Below"),
        (BlockKind.LIST_ITEM, "(c) One"),
        (BlockKind.LIST_ITEM, "(d) Two"),
        (BlockKind.PARAGRAPH, "Take care 1."),
        (BlockKind.NOTE, "A footnote."),
        (BlockKind.TABLE_ROW, "name | age"),
        (BlockKind.TABLE_ROW, "name: Ola; age: 41"),
        (BlockKind.PARAGRAPH, "Words of a directive."),
        (BlockKind.PARAGRAPH, "Broken *emphasis here"),
    ]
    assert document.blocks[-1].headings == ("Harbour", "Below")


def test_what_docutils_rejects_is_read() -> None:
    """A table with a cell that is too wide, and an option that docutils does not know, as written."""
    table = "====  ====\na     b\n====  ====\nlong words over   c\n===="
    formula = ".. math::\n   :label: eq\n\n   E = mc^2"
    document = read_document("a.rst", f"First.\n\n{formula}\n\n{table}\n\nLast.\n".encode())
    assert [(block.kind, block.text) for block in document.blocks] == [
        (BlockKind.PARAGRAPH, "First."),
        (BlockKind.CODE, formula),
        (BlockKind.CODE, table),
        (BlockKind.PARAGRAPH, "Last."),
    ]


def test_files_that_are_taken_in_are_told() -> None:
    """A directive that is shown in code takes in nothing."""
    source = (
        "Text.\n\n.. include:: a.rst\n   :unknown: x\n\n.. literalinclude:: b.py\n\n::\n\n   .. include:: c\n"
    )
    document = read_document("a.rst", source.encode())
    assert document.text == "Text.\n\n.. include:: c"
    assert document.notices == (DocumentNotice("parts_elsewhere", {"count": 2}),)
