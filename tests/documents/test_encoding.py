"""A text file is read in whatever encoding it was saved, and written in the same one."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_demo.documents.encoding import decode
from llama_demo.errors import InputError

CHINESE = "今天的天气很好，我们一起去公园散步吧。\r\n她说：“好的！”\n"
TRADITIONAL = "今天的天氣很好，我們一起去公園散步吧。他們說這個問題很重要。\n"
WESTERN = "Où est l’été ? C’était déjà très fâché – « garçon ».\nÜber die Straße, señor, ¿qué pasó?\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be"])
def test_chinese_files(encoding: str) -> None:
    """Old Chinese programs save GB 18030; Windows' editor once saved UTF-16 with a mark."""
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    decoded = decode(mark + CHINESE.encode(encoding))
    assert decoded.text == CHINESE
    assert decoded.encoded(CHINESE) == mark + CHINESE.encode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TRADITIONAL, "big5"),
        (WESTERN, "cp1252"),
        ("Straße", "cp1252"),
        ("café", "cp1252"),
        ("plain", "utf-16-le"),
    ],
)
def test_other_old_encodings(text: str, encoding: str) -> None:
    """They are told by which reading has common letters."""
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.encoded(text) == text.encode(encoding)


def test_a_mark_stays() -> None:
    """A file that began with UTF-8's mark begins with it again, and its text does not."""
    decoded = decode(codecs.BOM_UTF8 + "你好".encode())
    assert decoded.text == "你好"
    assert decoded.encoded("hello") == codecs.BOM_UTF8 + b"hello"


def test_a_translation_that_the_encoding_lacks() -> None:
    """A French file from an old program, translated into Chinese, becomes UTF-8 with a mark."""
    decoded = decode(WESTERN.encode("cp1252"))
    assert decoded.encoded("夏天在哪里？") == codecs.BOM_UTF8 + "夏天在哪里？".encode()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "document_binary"),
        (b"text \x00 text", "document_binary"),
        (bytes(range(1, 32)) * 10, "document_binary"),
        (bytes(range(128, 256)) * 4, "document_encoding"),
        (codecs.BOM_UTF8 + b"\xff\xfe\xfd", "document_encoding"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, key: str) -> None:
    """Somebody who renamed a picture is told so, rather than shown nonsense."""
    with pytest.raises(InputError) as caught:
        decode(data)
    assert caught.value.key == key


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing else happens than a text that can be written again byte for byte, or a sentence."""
    try:
        decoded = decode(data)
    except InputError:
        return
    assert decoded.encoded(decoded.text) == data
