"""A text file is read in whatever encoding it was saved, and written in the same one."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_demo.documents.encoding import codec_of, decode
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


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("枇杷 柠檬 菠萝 荔枝 樱桃", "gbk"),
        ("姓名：李雷\n年龄：23\n城市：南京\n", "gb18030"),
        ("港口很安靜。他們說這個問題很重要。", "big5"),
        ("灯台は港の入り口の岩の上に立っている。", "cp932"),
        ("灯台は港の入り口の岩の上に立っている。", "euc-jp"),
        ("등대는 항구 입구의 바위 위에 서 있다.", "cp949"),
        ("Маяк стоит на скале у входа в гавань.", "cp1251"),
        ("Маяк стоит на скале у входа в гавань.", "koi8-r"),
        ("Маяк стоит на скале у входа в гавань.", "cp866"),
        ("Маяк стоїть на скелі біля входу в гавань.", "cp1251"),
        ("Latarnia morska stoi na skale przy wejściu do portu. Dziś wszystko dzieje się samo.", "cp1250"),
        ("A világítótorony egy sziklán áll a kikötő bejáratánál.", "cp1250"),
        ("Ο φάρος στέκεται πάνω σε έναν βράχο στην είσοδο του λιμανιού.", "cp1253"),
        ("Deniz feneri limanın girişinde bir kayanın üstünde duruyor.", "cp1254"),
        ("El niño comió en Málaga", "cp1252"),
        ("It’s “fine” – really.", "cp1252"),
        ("Grüße aus München: 5 €", "iso8859-15"),
        ("灯台は港の入り口に立つ。", "iso2022_jp"),
        ("Licence\n" * 3_000 + "© Jürgen Müller\n", "cp1252"),
    ],
)
def test_a_charset_that_no_one_names(text: str, encoding: str) -> None:
    """It is told by pairs of letters, by what is written in a language, and by how clear it is."""
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("żółć", "cp1250"), ("שלום", "cp1255"), ("東京都千代田区", "euc-jp"), ("灯台", "cp932")],
)
def test_what_is_unclear_is_refused(text: str, encoding: str) -> None:
    """A few letters that make sense in several charsets are never shown as other letters."""
    with pytest.raises(InputError, match="document_encoding"):
        decode(text.encode(encoding))


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("iso-8859-1", "cp1252"),
        ("US-ASCII", "cp1252"),
        ("gb2312", "gb18030"),
        ("x-sjis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("utf-16", "utf-8"),
        (" UTF8 ", "utf-8"),
        ("iso-8859-8-i", "iso8859-8"),
        ("klingon", ""),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, codec: str) -> None:
    """Pages say gb2312 and latin1 and mean their supersets."""
    assert codec_of(label) == codec


def test_what_counts_more() -> None:
    """A mark before everything, UTF-8's own rules before a label, a label before a guess."""
    assert decode(codecs.BOM_UTF8 + "Öl".encode(), "windows-1251").text == "Öl"
    assert decode("Öl und Käse".encode(), "iso-8859-1").text == "Öl und Käse"
    assert decode("żółć".encode("cp1250"), "windows-1250").text == "żółć"
    assert decode("灯台".encode("iso2022_jp"), "iso-2022-jp").text == "灯台"
    assert decode(b"plain", "utf-16").text == "plain"
    assert decode("café".encode("cp1252"), "utf-8").text == "café"
    assert decode(b"caf\xe9 \x81", "windows-1252").damaged == 1


@pytest.mark.parametrize(
    "data",
    [
        "Der Leuchtturm steht auf der Höhe über der Küste, früher grün, später weiß.".encode().replace(
            b"weiss", b"wei\xdf"
        )
        + "äöüäöüäöü".encode()
        + b"\xff",
        ("灯塔立在港口的岩石上。" * 20).encode()[:-1],
        ("灯塔立在港口的岩石上，守塔人每天傍晚点亮油灯。" * 8).encode("gbk")[:-1],
        "The lighthouse stands on the rock.".encode("utf-16-le") + b"\x80",
        "The lighthouse stands on the rock.".encode("utf-16")[:-1],
        "The lighthouse stands on the rock.".encode("utf-16-be")[:-1],
        codecs.BOM_UTF32_LE + "The lighthouse".encode("utf-32-le")[:-3],
        codecs.BOM_UTF16_BE + "The \ud83d and \ude00 of a lamp".encode("utf-16-be", "surrogatepass"),
        "The lighthouse stands \udc80".encode("utf-16-le", "surrogatepass"),
    ],
)
def test_a_damaged_character_costs_only_itself(data: bytes) -> None:
    """A file that was cut in the middle of a character is read, counted, and written again as it was."""
    decoded = decode(data)
    assert decoded.damaged in (1, 2)
    assert decoded.encoded(decoded.text) == data


def test_half_a_pair_of_surrogates_is_damage_of_utf8() -> None:
    """Programs that keep text as UTF-16 write it so, also where nothing else tells of UTF-8."""
    data = b"A lovely \xed\xa0\xbd lamp"
    decoded = decode(data)
    assert (decoded.encoding, decoded.damaged) == ("utf-8", 3)
    assert decoded.encoded(decoded.text) == data


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing else happens than a text that can be written again byte for byte, or a sentence."""
    try:
        decoded = decode(data)
    except InputError:
        return
    assert decoded.encoded(decoded.text) == data
