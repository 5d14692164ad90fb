"""The catalogues: both languages say everything, and everything that is said exists."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from llama_demo.errors import DemoError
from llama_demo.settings import ASSETS
from llama_demo.store.run import FINAL, INTERRUPTED, RUNNING
from llama_demo.ui.texts import LANGUAGES, catalogue

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "app.py", *(ROOT / "llama_demo").rglob("*.py")]
TEMPLATES = list((ASSETS / "templates").glob("*.html"))
SCRIPTS = list((ASSETS / "js").rglob("*.js"))
ERRORS = {
    f"{kind}Error" for kind in ("Demo", "Input", "Document", "Checkpoint", "Device", "Store", "Settings")
}


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_language_has_every_key() -> None:
    """A key that one catalogue lacks would break the page in that language only."""
    first, *others = (set(catalogue(language).entries) for language in LANGUAGES)
    for other in others:
        assert first ^ other == set()


@pytest.mark.parametrize("key", sorted(catalogue("en").entries))
def test_placeholders_agree(key: str) -> None:
    """A sentence may leave a value out in one language, but may not ask for one that is not given."""
    names = [placeholders(catalogue(language).entries[key]) for language in LANGUAGES]
    assert names[0] == names[1]
    assert all(catalogue(language).entries[key].strip() for language in LANGUAGES)


def test_whoever_is_refused_for_now_reads_when_to_try_again() -> None:
    """The sentence of every limit that lifts by itself."""
    sources = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    keys = set(re.findall(r'BusyError\(\s*"(\w+)"|\bfull="(\w+)"', sources))
    assert len(keys) > 5
    for key in map("".join, keys):
        told = [catalogue(language).entries[f"errors.{key}"] for language in LANGUAGES]
        assert re.search(r"\b(again|until|[Ww]ait)\b", told[0]), told
        assert re.search("再|等", told[1]), told


def raised_keys() -> set[str]:
    """Keys of all errors that the program raises by a literal name."""
    keys = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "") if isinstance(node, ast.Call) else ""
            if name in ERRORS and node.args and isinstance(node.args[0], ast.Constant):
                keys.add(node.args[0].value)
    return keys


def test_every_error_has_a_sentence() -> None:
    """What is raised anywhere can be told."""
    assert {key for key in raised_keys() if f"errors.{key}" not in catalogue("en").entries} == set()


def test_every_notice_has_a_sentence() -> None:
    """What a document could not give can be told."""
    keys = {
        key
        for path in SOURCES
        for key in re.findall(r"""DocumentNotice\(\s*"(\w+)\"""", path.read_text("utf-8"))
    }
    assert keys
    assert {key for key in keys if f"notices.{key}" not in catalogue("en").entries} == set()


def test_every_key_in_the_code_exists() -> None:
    """Labels, words and statuses; a wrong key would only show when that line runs."""
    pattern = re.compile(r"""(?:Label|words|texts|said)\(\s*["']([a-z_.]+[a-z_])["']""")
    used = {
        key for path in [*SOURCES, *TEMPLATES] for key in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert len(used) > 30
    assert {key for key in used if key not in catalogue("en").entries} == set()


def test_every_key_in_the_scripts_exists() -> None:
    """What the browser says by itself."""
    used = {key for path in SCRIPTS for key in re.findall(r'"(browser\.[a-z_.]+)"', path.read_text("utf-8"))}
    assert used
    assert {key for key in used if key not in catalogue("en").entries} == set()


def test_every_key_is_read() -> None:
    """A text that nobody shows is written twice and kept for nothing."""
    source = "\n".join(path.read_text("utf-8") for path in [*SOURCES, *TEMPLATES, *SCRIPTS])
    named = set(re.findall(r"""(?<=["'`])[\w.-]+(?=["'`])""", source))
    # "task." ~ name, `ask.way.${one.kind}`; and what a name with a point in it is the beginning of
    begun = set(re.findall(r"""([\w-]+(?:\.[\w-]+)*)\.(?:\$?{|["'] [~+])""", source))
    begun |= {name for name in named if "." in name}

    def is_read(key: str) -> bool:
        ends = [place for place, letter in enumerate(key) if letter == "."]
        return key in named or any(key[:end] in begun for end in ends)

    assert not is_read("library.never_shown")
    assert [key for key in catalogue("en").entries if not is_read(key)] == []


def test_every_key_that_is_put_together_exists() -> None:
    """Statuses, months and what else is made of a name and a value."""
    statuses = {*FINAL, RUNNING, INTERRUPTED}
    keys = [f"run.{status}" for status in statuses] + [f"status.reopened.{status}" for status in statuses]
    keys += [f"status.{reason}" for reason in ("length", "stop", "end", "stopped")]
    keys += [f"month.{number}" for number in range(1, 13)] + [f"weekday.{number}" for number in range(1, 8)]
    keys += [f"foot.{place}" for place in ("private", "server", "space")]
    assert [key for key in keys if key not in catalogue("zh").entries] == []


def test_only_the_foot_says_that_nothing_leaves_the_machine() -> None:
    """It knows whether that is true; a text elsewhere on the page is read on a Space, too."""
    claim = re.compile(
        r"leaves? (this|your|the) (machine|computer)|this machine alone|on this computer|离开这"
    )
    claim_zh = re.compile(r"(就在|全在|留在|面前的)这台(机器|电脑)")
    found = {
        key
        for language in LANGUAGES
        for key, text in catalogue(language).entries.items()
        if claim.search(text) or claim_zh.search(text)
    }
    assert found == {"foot.private"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_names_fields_and_writes_numbers_as_people_do(language: str) -> None:
    """The page calls a field by its label; a program gets the parameter's name."""
    texts = catalogue(language)  # type: ignore[arg-type]
    problem = DemoError("out_of_range", name="top_k", value=1_000_000, low=0, high=0.5)
    assert "1,000,000" in texts.error(problem)
    assert "0.5" in texts.error(problem)
    assert texts("field.top_k") in texts.error(problem)
    assert "top_k" in texts.error(problem, plain_names=True)


def test_an_error_without_a_sentence_or_a_value_is_still_told() -> None:
    """Telling of a failure must not fail."""
    texts = catalogue("en")
    assert texts.error(DemoError("never_heard_of")) == texts("errors.unexpected")
    assert "?" in texts.error(DemoError("prompt_too_long"))


def test_chinese_is_written_as_chinese() -> None:
    """Full-width punctuation between Chinese characters."""
    half_width = re.compile(r"[一-鿿][,;:!?]|[一-鿿]\.(?:\s|$)")
    found = {key: text for key, text in catalogue("zh").entries.items() if half_width.search(text)}
    assert found == {}


def test_an_ability_that_a_folder_made_up_is_named_as_it_is() -> None:
    """Anybody can write a folder's abilities; the page opens all the same."""
    assert catalogue("en").ability("story") == "children's stories in English (a few in modern Chinese)"
    assert catalogue("zh").ability("dancing") == "dancing"


def test_the_page_calls_a_bundled_model_by_a_plain_name() -> None:
    """A lay reader need not know what "reader" is; a program, and who brought a model, reads its own name."""
    problem = DemoError("ask_needs_instruct", model="generator")
    for language in LANGUAGES:
        texts = catalogue(language)
        assert {f"model.{folder.name}" for folder in (ASSETS / "models").iterdir()} <= texts.entries.keys()
        assert texts.model("generator") in texts.error(problem)
        assert "generator" not in texts.error(problem)
        assert "generator" in texts.error(problem, plain_names=True)
    assert catalogue("zh").error(DemoError("ask_needs_instruct", model="tiny")).startswith("tiny 听不懂指令")


def test_the_page_says_you_in_one_way() -> None:
    """你, not 您: sentences that change the tone read as if somebody else had written them."""
    formal = {key for key, text in catalogue("zh").entries.items() if "您" in text}
    assert formal <= {key for key in formal if ".templates" in key}  # sentences of an example
