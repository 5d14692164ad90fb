"""Office documents made of the XML that a test is about."""

from __future__ import annotations

from collections.abc import Mapping

from tests.documents.files import packed

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:s="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    """The relationships of a part: by id the kind and the target."""
    listed = "".join(
        f'<Relationship Id="{identity}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for identity, (kind, target) in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}'
        "</Relationships>"
    )


def package(main: str, parts: Mapping[str, str | bytes]) -> bytes:
    """A package whose main part has this name."""
    roots = relationships({"rId1": ("officeDocument", main)})
    return packed({"[Content_Types].xml": _TYPES, "_rels/.rels": roots, **parts})


def docx(body: str, /, **parts: str | bytes) -> bytes:
    """A Word document; each part is the content of ``word/<name>.xml``, which has the name as its element.

    A part that is bytes is stored as it is.
    """
    files: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relationships(
            {name: (name.rstrip("0123456789"), f"{name}.xml") for name in parts}
        ),
    }
    roots = {"header": "hdr", "footer": "ftr"}
    for name, content in parts.items():
        root = roots.get(name.rstrip("0123456789"), name)
        files[f"word/{name}.xml"] = (
            content if isinstance(content, bytes) else f"<w:{root} {NAMESPACES}>{content}</w:{root}>"
        )
    return package("word/document.xml", files)


def paragraph(text: str, properties: str = "", extra: str = "") -> str:
    """A paragraph with a run of text, and more XML behind it."""
    look = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{text}</w:t></w:r>{extra}</w:p>'
