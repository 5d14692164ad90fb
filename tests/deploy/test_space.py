"""The folder of a Space: what the Hub takes by git and by ``hf upload``, and a front matter that is true."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import SpaceHardware
from packaging.requirements import Requirement

from deploy import space
from llama_demo.settings import load
from tests.conftest import ROOT
from tests.deploy import hub_hook, lfs_pointer
from tests.deploy.hub_uploads import problems, upload_hub

README = (ROOT / "README.md").read_text(encoding="utf-8")
HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
MODELS = json.loads((ROOT / "assets" / "checkpoints.json").read_text(encoding="utf-8"))


def front_matter(readme: str = README) -> dict[str, Any]:
    """The fields of the README's front matter."""
    return dict(yaml.safe_load(readme.split("---\n")[1]))


def is_binary(path: Path) -> bool:
    """As the Hub's hook takes it."""
    with path.open("rb") as file:
        return b"\0" in file.read(hub_hook.SAMPLE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Space."""
    made = tmp_path_factory.mktemp("spaces") / "llama"
    assert space.main([str(made)]) == 0
    return made


def test_the_front_matter_agrees_with_the_code() -> None:
    """What the Space is built from, and what it offers."""
    fields = front_matter()
    assert problems(README) == []
    asked = {
        one.name: one.specifier
        for one in map(Requirement, re.findall(r"^[a-z].*?(?= #|$)", _text("requirements.txt"), re.M))
    }
    assert asked["gradio"].contains(fields["sdk_version"])
    assert f"gradio=={fields['sdk_version']} " in _text("requirements.lock").replace(" \\", " ")
    assert 'requires-python = ">=3.11,<3.14"' in _text("pyproject.toml")
    assert "3.11" <= fields["python_version"] < "3.14"
    assert (ROOT / fields["app_file"]).is_file()
    assert f'license = "{fields["license"].upper()}"' in _text("pyproject.toml")
    assert fields["suggested_hardware"] in {one.value for one in SpaceHardware}
    assert set(space.HARDWARE) <= {one.value for one in SpaceHardware}
    assert f"| `{fields['suggested_hardware']}`" in HOSTING


def test_accounts_are_offered_where_the_front_matter_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """hf_oauth gives the Space these variables."""
    assert front_matter()["hf_oauth"] is True
    for name in ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("SPACE_ID", "someone/llama")
    monkeypatch.setenv("SYSTEM", "spaces")
    assert load([]).signs_in


def test_the_models_to_preload_are_those_of_the_small_set() -> None:
    """At the commits of the catalogue; the file has the same lines."""
    lines = front_matter()["preload_from_hub"]
    assert yaml.safe_load(_text("assets/preload_small.txt"))["preload_from_hub"] == lines
    small = {(one["repository"], one["revision"]) for one in MODELS if "small" in one["sets"]}
    pinned = {one for one in small if one[1] != "main"}  # the others are published as pickles
    assert {(line.split()[0], line.split()[2]) for line in lines} == pinned
    assert all("model.safetensors" in line and ".bin" not in line for line in lines)


def test_the_chinese_readme_has_commands_and_links_that_work() -> None:
    """Each command stands in the English documents too, and each link leads to a file."""
    chinese = _text("README_zh.md")
    blocks = re.findall(r"```(?:bash|powershell)\n(.*?)```", chinese, re.DOTALL)
    commands = {line.replace(".venv/bin/", "") for block in blocks for line in block.splitlines()}
    english = f"{README}{HOSTING}".replace(".venv/bin/", "")
    assert {line for line in commands if line not in english} == set()
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", chinese)}
    assert {link for link in links if not (ROOT / link).exists()} == set()
    assert "README_zh.md" in README.partition("## ")[0]


def test_a_space_gets_what_it_needs(folder: Path) -> None:
    """Tests, tools and what git does not track stay here."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"app.py", "requirements.txt", "README.md", "README_zh.md", ".gitattributes"} <= names
    assert {name.partition("/")[0] for name in names} <= {*space.PARTS, ".gitattributes"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyi")]


@pytest.mark.long
def test_the_app_starts_from_the_folder_of_a_space(folder: Path) -> None:
    """Nothing that it imports or reads at its start is missing."""
    ran = subprocess.run(
        [sys.executable, "-B", "app.py", "--help"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert "--copy-dir" in ran.stdout


def test_the_rules_for_lfs_cover_every_binary_file_and_nothing_else(folder: Path) -> None:
    """As git itself reads them; each rule has a file, and no file in git is too large for the Hub."""
    if not (folder / ".git").exists():
        _git(folder, "init", "-q", "-b", "main")
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    names = [name for name in names if not name.startswith(".git/")]
    told = _git(folder, "check-attr", "filter", "--stdin", given="\n".join(names)).splitlines()
    by_lfs = {line.rpartition(": filter: ")[0] for line in told if line.endswith(": filter: lfs")}
    assert by_lfs == {name for name in names if is_binary(folder / name)}
    assert all((folder / name).stat().st_size <= hub_hook.LARGEST for name in set(names) - by_lfs)
    rules = re.findall(r"^(\S+) filter=lfs", (folder / ".gitattributes").read_text(), re.M)
    assert [rule for rule in rules if not any(fnmatch(name, rule) for name in by_lfs)] == []


@pytest.mark.parametrize("hardware", space.HARDWARE)
def test_each_hardware_gets_the_requirements_that_it_can_use(tmp_path: Path, hardware: str) -> None:
    """PyTorch without CUDA on a processor, the versions of ZeroGPU there; the rest stays."""
    text = _text("requirements.txt")
    lines = space.requirements(text, hardware=hardware).splitlines()
    added = [line for line in lines if line not in text.splitlines()]
    if hardware.startswith("cpu"):
        assert added == [space.CPU_WHEELS.strip()]
    elif hardware.startswith("zero"):
        assert added == list(space.ZERO_GPU)
        assert "torch>=2.8,<2.14" not in lines
    else:
        assert added == []
    fields = front_matter(space.front_matter(README, hardware=hardware, preload=False))
    assert fields == {**{k: v for k, v in front_matter().items() if k != "preload_from_hub"}} | {
        "suggested_hardware": hardware
    }


def test_a_folder_with_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It may be anything."""
    (tmp_path / "notes.txt").write_text("mine")
    assert space.main([str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.long
def test_git_push_is_taken_by_the_rules_of_the_hub(folder: Path, tmp_path: Path) -> None:
    """With the rules for LFS; without them it is refused, also when the files are deleted again."""
    remote = tmp_path / "hub.git"
    _git(tmp_path, "init", "-q", "--bare", "-b", "main", str(remote))
    hook = remote / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(hub_hook.__file__)}\n")
    hook.chmod(0o755)

    plain = tmp_path / "plain"
    shutil.copytree(folder / "docs", plain / "docs")
    (plain / "long.txt").write_text("a" * (hub_hook.LARGEST + 1))
    _commit(plain)
    said = _refused(plain, remote)
    assert "binary: docs/generate.png" in said
    assert "larger than 10 MiB: long.txt" in said
    shutil.rmtree(plain / "docs")
    (plain / "long.txt").write_text("a")
    _commit(plain)
    assert "binary: docs/generate.png" in _refused(plain, remote)

    ours = tmp_path / "ours"
    shutil.copytree(folder, ours, ignore=shutil.ignore_patterns(".git"))
    _commit(ours)
    _git(ours, "push", "-q", "--force", remote.as_uri(), "main")
    assert _git(remote, "rev-list", "--count", "main").strip() == "1"
    name = "assets/models/generator/model-00001-of-00003.safetensors"
    pointer = _git(remote, "show", f"main:{name}")
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert f"oid sha256:{digest}" in pointer
    if shutil.which("git-lfs"):
        assert (remote / "lfs" / "objects" / digest[:2] / digest[2:4] / digest).is_file()


@pytest.mark.long
def test_the_documented_upload_brings_the_folder_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    """By the command of docs/hosting.md; what a former upload left is deleted."""
    (command,) = re.findall(r"^hf upload .*$", HOSTING, re.M)
    assert command == re.findall(r"hf upload .*", space.__doc__ or "")[0]
    said = shlex.split(command.replace("OWNER/NAME", "someone/llama").replace("../llama-space", str(folder)))
    with upload_hub() as hub:
        hub.files["former.py"] = b""
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": "hf_none",
            "HF_HOME": str(tmp_path),
            "HF_HUB_DISABLE_XET": "1",  # its store is no plain HTTP
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        program = Path(sys.executable).with_name("hf")
        subprocess.run([str(program), *said[1:]], env=variables, check=True, capture_output=True)
    sent = {path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert hub.files == {path.relative_to(folder).as_posix(): path.read_bytes() for path in sent}
    assert hub.by_lfs == {path.relative_to(folder).as_posix() for path in sent if is_binary(path)}
    assert len(hub.commits) == 1


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _git(folder: Path, *arguments: str, given: str = "") -> str:
    """What git prints, without settings of the machine."""
    variables = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    ran = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        env=variables,
        input=given.encode(),
        capture_output=True,
        check=True,
    )
    return ran.stdout.decode()


def _commit(folder: Path) -> None:
    """Commit all: by git-lfs where it is installed, else by a filter that makes the same pointers."""
    if not (folder / ".git").exists():
        _git(folder, "init", "-q", "-b", "main")
        if shutil.which("git-lfs"):
            _git(folder, "lfs", "install", "--local")
        else:
            program = f"{shlex.quote(sys.executable)} {shlex.quote(lfs_pointer.__file__)}"
            _git(folder, "config", "filter.lfs.clean", program)
    _git(folder, "add", "--all")
    _git(folder, "commit", "-q", "-m", "llama demo")


def _refused(folder: Path, remote: Path) -> str:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        _git(folder, "push", "-q", remote.as_uri(), "main")
    return str(caught.value.stderr.decode())
