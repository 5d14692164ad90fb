"""What a translation must have unchanged."""

from __future__ import annotations

import pytest

from llama_demo.text.verbatim import find_verbatim, lost, translatable


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("See https://example.com/a?b=1&c=2.", ["https://example.com/a?b=1&c=2"]),
        ("详见https://example.com/页面。谢谢", ["https://example.com/页面"]),
        ("(www.example.org/x)", ["www.example.org/x"]),
        ("Write to bob.smith@mail.example.com, please", ["bob.smith@mail.example.com"]),
        ("发邮件到bob@example.com吧", ["bob@example.com"]),
        ("Run `pip install x` now", ["`pip install x`"]),
        ("Open src/main.py and notes.md", ["src/main.py", "notes.md"]),
        ("In 1995 it cost 1,234.50 euros", ["1995", "1,234.50"]),
        ("Hello {name}, you have %d items", ["{name}", "%d"]),
        ("%1$s %(name)s %-5s %+.2f %ld %@ %%", ["%1$s", "%(name)s", "%-5s", "%+.2f", "%ld", "%@", "%%"]),
        ("%1 files, %n left in %APPDATA%", ["%1", "%n", "%APPDATA%"]),
        (
            "{0:.2f} {{ user.name }} ${price} #{id} %{count} {}",
            ["{0:.2f}", "{{ user.name }}", "${price}", "#{id}", "%{count}", "{}"],
        ),
        (
            "{% if x %} $user :name [[slot]] __TOTAL__",
            ["{% if x %}", "$user", ":name", "[[slot]]", "__TOTAL__"],
        ),
        (
            "You have {count, plural, one {# item} other {# items}} in {g, select, f {her} other {his}} cart",
            ["{count, plural, one {# item} other {# items}}", "{g, select, f {her} other {his}}"],
        ),
        ('<a href="x.html">here</a><br/> a < b', ['<a href="x.html">', "</a>", "<br/>"]),
        ("Fish &amp; chips&nbsp;&#8217; AT&T", ["&amp;", "&nbsp;", "&#8217;"]),
        ("[the guide](https://a.org/b) ![a](x.png)", ["[", "](https://a.org/b)", "![", "](x.png)"]),
        (
            r"C:\Users\Lena\notes.txt, \\nas\share\x and C:\Program Files\App\a.exe.",
            [r"C:\Users\Lena\notes.txt", r"\\nas\share\x", r"C:\Program Files\App\a.exe"],
        ),
        ("/usr/local/bin ~/a.txt ./run.sh he/she and/or km/h", ["/usr/local/bin", "~/a.txt", "./run.sh"]),
        ("--no-cache my_name run_it() MAX_SIZE", ["--no-cache", "my_name", "run_it()", "MAX_SIZE"]),
        ("@bluebird, @a.b and #garden #5 C#", ["@bluebird", "@a.b", "#garden", "#5"]),
        ("@小明 看 #花园#", ["@小明", "#花园#"]),
        (
            "v2.3.1, 1.0.0-beta.2, 192.168.0.1 and KX-7781",
            ["v2.3.1", "1.0.0-beta.2", "192.168.0.1", "KX-7781"],
        ),
        ("-5 °C, +3, −2 km and 80 km/h, not 5-10", ["-5 °C", "+3", "−2 km", "80 km/h", "5", "10"]),
        ("–4 °C, -$5.00, ≤ 5 and ~20, not 10 –20", ["–4 °C", "-$5.00", "≤ 5", "~20", "10", "20"]),
        (
            "5 kg, 12 V, 500 mA, 3.5 GB, 20 m, 10 s, 5 min, $5 m, 5 h, the 1990s, 3 days",
            ["5 kg", "12 V", "500 mA", "3.5 GB", "20 m", "10 s", "5 min", "5", "5", "1990", "3"],
        ),
        ("3:30 pm, 9:05 a.m. or 10:00–11:30", ["3:30 pm", "9:05 a.m.", "10:00", "11:30"]),
        ("at 10:30 on 2026-11-29, +49 30 123456", ["10:30", "2026-11-29", "+49 30 123456"]),
        ("50% of 100% people, 5 % off", ["50", "100", "5"]),
        ("Time: 5 o'clock: yes", ["5"]),
        (
            "{0,-10:N2} {0:d MMM yyyy} {$name} { -brand } {note: no}",
            ["{0,-10:N2}", "{0:d MMM yyyy}", "{$name}", "{ -brand }"],
        ),
        (
            "<%= x %> <?php y ?> {!! $z !!} $t(a.b) $(date) $x$",
            ["<%= x %>", "<?php y ?>", "{!! $z !!}", "$t(a.b)", "$(date)", "$x$"],
        ),
        (
            "*|FNAME|* [FIRST_NAME] %%email%% @@id@@ [note]",
            ["*|FNAME|*", "[FIRST_NAME]", "%%email%%", "@@id@@"],
        ),
        ("on %Y-%m-%d at %H:%M, 5%Y", ["%Y", "%m", "%d", "%H", "%M", "5"]),
        (
            "<0>now</0> <1/> <@U02> <:smile:12>, 3 < 5",
            ["<0>", "</0>", "<1/>", "<@U02>", "<:smile:12>", "3", "5"],
        ),
        (r"Hi,\r\nyour \textbf{word}, \noindent \nu", [r"\r", r"\n", "{word}"]),
        ("flight LH123 from gate B12, 215 ft², COVID-19", ["LH123", "B12", "215 ft²", "COVID-19"]),
        (r"One.\nTwo\t\u00e9 and C:\new", [r"\n", r"\t", r"\u00e9", r"C:\new"]),
        (
            "foo() a.b() Class::method os.path.join getUserName iPhone end.Begin",
            ["foo()", "a.b()", "Class::method", "os.path.join", "getUserName"],
        ),
        ("Ctrl+C, Alt+F4 and $x^2 = 4$ for $5 or $6", ["Ctrl+C", "Alt+F4", "$x^2 = 4$", "5", "6"]),
        (
            "D:/Data/x.csv 10.0.0.1:8080 978-3-16-148410-0",
            ["D:/Data/x.csv", "10.0.0.1:8080", "978-3-16-148410-0"],
        ),
        ("Great 👍🏽!", ["👍🏽"]),
        ("A1 and B2 are words", []),
        ("共%1$s个，共%1个，%n个，在%PATH%里", ["%1$s", "%1", "%n", "%PATH%"]),
        ("你好$name，$name您好，以及 :name您好，姓名:John", ["$name", "$name", ":name"]),
        ("谢谢@OpenAI和@小明", ["@OpenAI", "@小明"]),
        ("参加#世界读书日#活动，看#AI学习#吧，第#5号", ["#世界读书日#", "#AI学习#", "#5"]),
        ("升级到v2.3.1版本，版本2.3.1已发布", ["v2.3.1", "2.3.1"]),
        ("下午3:30开会，于2026-11-29举行", ["3:30", "2026-11-29"]),
        ("气温-5°C，跌-3.5%，2024年-2025年", ["-5°C", "-3.5%", "2024", "2025"]),
        ("致电+86 10 12345678转3", ["+86 10 12345678", "3"]),
        ("请访问https://example.com查看详情", ["https://example.com"]),
        ("https://example.comを見て www.a.orgで", ["https://example.com", "www.a.org"]),
        ("上example.com查看，上https://例子.测试/页", ["example.com", "https://例子.测试/页"]),
        ("file:///etc/hosts mailto:a@b.org发", ["file:///etc/hosts", "mailto:a@b.org"]),
        ("3.755.251 Einwohner, 1.234.567.", ["3.755.251", "1.234.567"]),
        ("192.168.100.200, 1.100.200-rc1, @/lib/x", ["192.168.100.200", "1.100.200-rc1", "@/lib/x"]),
    ],
)
def test_parts(text: str, parts: list[str]) -> None:
    """Whole, without the punctuation behind them."""
    found = find_verbatim(text)
    assert [part.text for part in found] == parts
    assert all(text[part.start : part.end] == part.text for part in found)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("给ａｎｎａ＠ｂ．ｏｒｇ写信，｛name｝", ["ａｎｎａ＠ｂ．ｏｒｇ", "｛name｝"]),
        ("an\u200bna@b\xad.org", ["an\u200bna@b\xad.org"]),
        ("/home/ju\u0308rgen/a.txt", ["/home/ju\u0308rgen/a.txt"]),
        ("下午３：３０，－５℃，第１２３页", ["3:30", "-5℃", "123"]),
    ],
)
def test_parts_in_any_form(text: str, parts: list[str]) -> None:
    """Names and addresses are copied as they were typed; numbers are written in ordinary digits."""
    assert [part.text for part in find_verbatim(text)] == parts


@pytest.mark.parametrize(
    ("source", "translation", "missing"),
    [
        ("Call 5551234567.", "拨打 5551234567。", []),
        ("Call 5551234567.", "拨打 555123456。", ["5551234567"]),
        ("It costs 1,234 dollars.", "Es kostet 1.234 Dollar.", []),
        ("3000000 people", "三百万人", []),
        ("3000000 people", "300万人", []),
        ("I have 5 dogs.", "J'ai cinq chiens.", []),
        ("See a@b.org twice: a@b.org", "Voir a@b.org", ["a@b.org"]),
        ("Nice 😀", "不错", ["😀"]),
        ("From %s to %d", "De %s à %d", []),
        ("From %s to %d", "De %d à %s", ["%d"]),
        ("１２３４ people", "1234 personnes", []),
        ("In 12 of the 1234 cases", "1234例中有12例", []),
        ("On 1234 of 12345 days", "12345天", ["1234"]),
        ("%1 of %10", "%10中的%1", ["%10"]),
        ("%1 of %10", "%10 von %10", ["%1"]),
        ("$a or $ab", "$ab ou $ab", ["$a"]),
        ("Ask a@b.org or b.org", "b.org或a@b.org", ["b.org"]),
        ("%dpx at 3:30", "%dpx um 3:30h", []),
    ],
)
def test_what_got_lost(source: str, translation: str, missing: list[str]) -> None:
    """Numbers may be written as the language does; addresses may not."""
    assert [part.text for part in lost(source, translation)] == missing


def test_what_has_no_words() -> None:
    """Digits, emoji, addresses and code alone are not for a translator."""
    for text in ("", "123", "😀😀", "https://a.org/b", "`x = y`", "--- 12:30 ---"):
        assert not translatable(text)
    assert translatable("No. 5")


def test_a_number_with_separators_is_no_version() -> None:
    """German and Spanish write thousands so, and others in their own way."""
    assert [part.kind for part in find_verbatim("3.755.251, 192.168.1.20")] == ["number", "version"]
    assert lost("3.755.251 Einwohner", "3,755,251 inhabitants") == []


@pytest.mark.parametrize(
    "part",
    [
        *("-a_", "a-", "a/", "a.", "a@b.", "${", "<a", "{a,plural,", "{{", "[a](", "#a#", "1.", "A-", "&a"),
        *("+/", "a::", "$a^", "1-", "5 m", "{!!", "*|A"),
    ],
)
def test_hostile_texts_end(part: str) -> None:
    """A hundred thousand characters that almost are an address or a path do not hold up everybody else."""
    assert find_verbatim(part * (100_000 // len(part)) + "\n`end`")[-1].text == "`end`"


@pytest.mark.parametrize("head", ["%", "%(a)", "%<a>", "%1$", "%."])
def test_hostile_formats_end(head: str) -> None:
    """A placeholder that goes on with zeros for ever is left after one attempt."""
    assert find_verbatim(head + "0" * 50_000 + "\n`end`")[-1].text == "`end`"


def test_a_path_behind_chinese() -> None:
    """Chinese has no blank before it."""
    assert [part.text for part in find_verbatim("请看src/main/app.py文件")] == ["src/main/app.py"]
