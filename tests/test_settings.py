"""Flags and variables."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest

from llama_demo import settings as settings_module
from llama_demo.errors import SettingsError
from llama_demo.limits import Limits
from llama_demo.settings import Settings, load, terminal_language


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this machine plays a part."""
    for name in list(os.environ):
        if name.startswith(("LLAMA_DEMO_", "SPACE_", "OAUTH_", "OPENID_", "SYSTEM", "LC_", "LANG")):
            monkeypatch.delenv(name)


def test_nothing_set_is_ones_own_machine() -> None:
    """Loopback only, private, and the history outside of the working directory."""
    settings = load([])
    assert (settings.listen_host, settings.port) == ("127.0.0.1", 7860)
    assert not settings.is_public
    assert settings.hosts == ("127.0.0.1", "localhost", "::1")
    assert settings.data_folder.is_absolute()
    assert not settings.data_folder.is_relative_to(Path.cwd())


FLAGS = {
    "host": ("10.0.0.1", "10.0.0.1"),
    "port": ("8000", 8000),
    "allowed_hosts": ("a,b", "a,b"),
    "data_dir": ("/data", Path("/data")),
    "device": ("cpu", "cpu"),
    "dtype": ("float32", "float32"),
    "threads": ("3", 3),
    "visitor_calls": ("2", 2),
    "address_calls": ("0", 0),
    "total_calls": ("9", 9),
    "language": ("zh", "zh"),
    "model": ("/m,/n", (Path("/m"), Path("/n"))),
}


@pytest.mark.parametrize("name", FLAGS)
def test_each_flag_is_a_variable_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same meaning; the flag wins."""
    text, value = FLAGS[name]
    assert getattr(load(["--" + name.replace("_", "-"), text]), name) == value
    monkeypatch.setenv(f"LLAMA_DEMO_{name.upper()}", text)
    assert getattr(load([]), name) == value


def test_a_flag_wins_over_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what was said last."""
    monkeypatch.setenv("LLAMA_DEMO_PORT", "8000")
    assert load(["--port", "9000"]).port == 9000


def test_cuda_graphs_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the flag, or by the variable where there is no command line."""
    assert load([]).cuda_graphs
    assert not load(["--no-cuda-graphs"]).cuda_graphs
    monkeypatch.setenv("LLAMA_DEMO_CUDA_GRAPHS", "0")
    assert not load([]).cuda_graphs


def test_a_backup_and_a_restoration_are_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which came first would decide what is lost; also where one of them is a variable."""
    monkeypatch.setenv("LLAMA_DEMO_RESTORE", "old.zip")
    assert load([]).restore == Path("old.zip")
    with pytest.raises(SettingsError, match="backup_and_restore"):
        load(["--backup", "new.zip"])


@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_public_mode_is_a_variable(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As containers set it."""
    monkeypatch.setenv("LLAMA_DEMO_PUBLIC", value)
    assert load([]).is_public


def test_a_space_is_public_whatever_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """There nobody can be taken for the operator; it listens for the proxy, under its own name."""
    monkeypatch.setenv("SPACE_ID", "someone/demo")
    monkeypatch.setenv("SPACE_HOST", "someone-demo.hf.space")
    monkeypatch.setenv("LLAMA_DEMO_PUBLIC", "0")
    settings = load([])
    assert settings.is_public
    assert settings.listen_host == "0.0.0.0"
    assert "someone-demo.hf.space" in settings.hosts
    assert load(["--host", "127.0.0.1"]).listen_host == "127.0.0.1"


def test_hosts_are_those_that_were_allowed() -> None:
    """Listening on every address allows no name by itself."""
    assert load(["--host", "0.0.0.0"]).hosts == ("127.0.0.1", "localhost", "::1")
    assert load(["--host", "192.168.1.5"]).hosts[-1] == "192.168.1.5"
    assert load(["--allowed-hosts", " A.example , [::5],"]).hosts[-2:] == ("a.example", "::5")
    proxied = load(["--allowed-hosts", "https://demo.example:8443"])
    assert (proxied.hosts[-1], proxied.origins) == ("demo.example", ("https://demo.example:8443",))


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], False),
        (["--host", "::1"], False),
        (["--host", "0.0.0.0"], True),
        (["--host", "192.168.1.5"], True),
        (["--host", "0.0.0.0", "--public"], False),
        (["--host", "0.0.0.0", "--allow-anyone"], False),
    ],
)
def test_a_password_is_needed_where_others_would_be_the_operator(arguments: list[str], needed: bool) -> None:
    """One's own machine and a host with separate visitors need none."""
    assert load(arguments).needs_password == needed


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["--port", "99999"], "--port"),
        (["--port", "x"], "--port"),
        (["--threads", "0"], "--threads"),
        (["--device", "tpu"], "--device"),
        (["--dtype", "int3"], "--dtype"),
        (["--language", "fr"], "--language"),
    ],
)
def test_a_wrong_value_names_the_flag(arguments: list[str], flag: str) -> None:
    """And what was given, and why it cannot be."""
    with pytest.raises(SettingsError) as caught:
        load(arguments)
    assert caught.value.values["flag"] == flag
    assert caught.value.values["value"] == arguments[1]
    assert caught.value.values["reason"]


def test_an_unknown_flag_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing mistake does not start something else."""
    with pytest.raises(SystemExit) as caught:
        load(["--prot", "8000"])
    assert caught.value.code == 2
    assert "--prot" in capsys.readouterr().err


def test_help_shows_no_python_types(capsys: pytest.CaptureFixture[str]) -> None:
    """Placeholders and defaults are words, not annotations or empty tuples."""
    with pytest.raises(SystemExit):
        load(["--help"])
    shown = capsys.readouterr().out
    assert "--model FOLDER[,FOLDER...]" in shown
    for python in ("tuple[", "Path", "int", "str,", "()", "None"):
        assert python not in shown.replace("print", "").replace("int8", "").replace("int4", "")


def test_help_explains_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    """In words; no type names, no empty defaults, nothing that is not for operators."""
    with pytest.raises(SystemExit) as caught:
        load(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for name, field in Settings.model_fields.items():
        if name.startswith(("space_", "oauth_", "openid_", "system")):
            assert name not in text
        elif name.endswith(("password", "_key")):  # a flag would be seen in the list of processes
            assert f"LLAMA_DEMO_{name.upper()}" in text
            assert "--" + name.replace("_", "-") not in text
        else:
            assert "--" + name.replace("_", "-") in text
            assert str(field.description).split()[0] in text
    assert "default: None" not in text
    assert "default: )" not in text
    assert "LLAMA_DEMO_DATA_DIR" in text


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh_CN.UTF-8", "zh"), ("zh_TW", "zh"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")],
)
def test_the_terminal_speaks_its_own_language(
    locale: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless a flag says otherwise."""
    monkeypatch.setenv("LANG", locale)
    assert terminal_language() == language
    assert terminal_language(Settings(language="zh")) == "zh"


@pytest.mark.parametrize(
    ("flags", "limits"),
    [
        ([], (0, 0, 48, 0)),
        (["--public"], (8, 32, 48, 30)),
        (["--public", "--visitor-calls", "3", "--address-calls", "0"], (3, 0, 48, 30)),
        (["--total-calls", "5"], (0, 0, 5, 0)),
        (["--public", "--profile", "lecture"], (4, 0, 60, 30)),
        (["--public", "--profile", "lecture", "--keep-days", "7"], (4, 0, 60, 7)),
        (["--public", "--profile", "laptop"], (0, 0, 48, 0)),
    ],
)
def test_a_profile_sets_the_limits_and_a_flag_wins(
    flags: list[str], limits: tuple[int, int, int, int]
) -> None:
    """On one's own machine only the whole is limited; 0 lifts a limit."""
    found = load(flags).limits
    assert (found.visitor_calls, found.address_calls, found.total_calls, found.keep_days) == limits


@pytest.mark.parametrize("name", [one.name for one in fields(Limits)])
def test_every_limit_has_a_flag(name: str) -> None:
    """Each can be set without the others."""
    given = load(["--" + name.replace("_", "-"), "7"]).limits
    assert given == replace(Limits(), **{name: 7})


SPACE = {
    "SPACE_ID": "someone/llama",
    "SYSTEM": "spaces",
    "OAUTH_CLIENT_ID": "id",
    "OAUTH_CLIENT_SECRET": "secret",
    "OAUTH_SCOPES": "openid profile",
    "OPENID_PROVIDER_URL": "https://huggingface.co",
}


@pytest.mark.parametrize("missing", ["", *SPACE])
def test_visitors_sign_in_on_a_space_alone(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradio signs everyone in as the machine's user where one of the variables is missing."""
    for name, value in SPACE.items():
        monkeypatch.delenv(name, raising=False)
        if name != missing:
            monkeypatch.setenv(name, value)
    assert load(["--public"]).signs_in is (missing == "")


def test_the_operators_are_the_owner_of_the_space_and_those_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of accounts differ in more than letter case."""
    assert load([]).operator_names == frozenset()
    monkeypatch.setenv("SPACE_ID", "Someone/llama")
    assert load(["--operators", "Ann, bob"]).operator_names == {"someone", "ann", "bob"}
    monkeypatch.setenv("SPACE_AUTHOR_NAME", "Lab")
    assert load([]).operator_names == {"lab"}


def test_the_storage_of_a_space_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its owner has mounted one; elsewhere only a folder that was named."""
    storage = tmp_path / "data"
    storage.mkdir()
    monkeypatch.setattr(settings_module, "STORAGE", storage)
    monkeypatch.setenv("SPACE_ID", "someone/llama")
    assert load([]).copy_folder is None
    monkeypatch.setattr(os.path, "ismount", lambda path: path == storage)
    assert load([]).copy_folder == storage / "llama_demo"
    assert load(["--copy-dir", "/mnt/bucket"]).copy_folder == Path("/mnt/bucket")
    with pytest.raises(SettingsError, match="copy_dir_beside"):
        load(["--data-dir", str(storage / "history")])
    monkeypatch.delenv("SPACE_ID")
    assert load(["--data-dir", str(storage)]).copy_folder is None


def test_the_database_and_its_copy_are_apart(tmp_path: Path) -> None:
    """The storage of the copy is no place for a database."""
    for data, copy in (("a", "a"), ("a", "a/b"), ("a/b", "a")):
        with pytest.raises(SettingsError, match="copy_dir_beside"):
            load(["--data-dir", str(tmp_path / data), "--copy-dir", str(tmp_path / copy)])
    assert load(["--data-dir", str(tmp_path / "a"), "--copy-dir", str(tmp_path / "b")]).copy_folder
