"""ZIPs of documents: the good files are listed, the dangerous ones named, bombs refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from llama_demo.documents.bundle import Bundle
from llama_demo.errors import DocumentError
from tests.documents.files import packed


def test_files_are_listed_and_read() -> None:
    """Folders stay in the names; what operating systems leave behind is nobody's document."""
    bundle = Bundle(packed({"a/说明.md": "# 你好", "__MACOSX/a": "x", ".DS_Store": "x", "b/": ""}))
    assert [(entry.name, bundle.read(entry.name)) for entry in bundle.entries] == [
        ("a/说明.md", "# 你好".encode())
    ]
    assert not bundle.refused


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("../../etc/passwd.txt", "bundle_path"),
        ("/etc/passwd.txt", "bundle_path"),
        ("C:\\windows\\a.txt", "bundle_path"),
        ("..\\a.txt", "bundle_path"),
        ("inner.zip", "bundle_nested"),
    ],
)
def test_a_dangerous_entry_is_named_and_left_out(name: str, key: str) -> None:
    """One bad entry does not keep the good ones from being read."""
    bundle = Bundle(packed({name: "x", "good.txt": "y"}))
    assert list(bundle.refused.values()) == [key]
    assert [entry.name for entry in bundle.entries] == ["good.txt"]


def test_a_link_is_left_out() -> None:
    """A link could point to any file of the machine."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert dict(Bundle(target.getvalue()).refused) == {"link.txt": "bundle_link"}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (packed({"zeros.txt": bytes(20_000_000)}), "document_bomb"),
        (packed({f"{place}.txt": "" for place in range(10_001)}), "document_bomb"),
        (b"no archive", "file_damaged"),
        (packed({"a.txt": "words"})[:-30], "file_damaged"),
    ],
    ids=["large file", "many files", "no archive", "cut off"],
)
def test_bombs_and_damage_refuse_the_whole(data: bytes, key: str) -> None:
    """Nothing is unpacked before all sizes were looked at."""
    with pytest.raises(DocumentError) as caught:
        Bundle(data)
    assert caught.value.key == key
