"""Writes the folder of a Hugging Face Space: what the app needs there, without tests, tools and history.

    python -m deploy.space ../llama-space
    hf upload OWNER/NAME ../llama-space . --type space --delete "*"

The folder has rules for LFS of its own (``deploy/gitattributes``), so it can be pushed by git, too. Its files
are those that git tracks, as they are in the working tree; where there is no git, all that are there.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PARTS = (
    "app.py",
    "llama_demo",
    "assets",
    "docs",
    "requirements.txt",
    "README.md",
    "README_zh.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
)
"""What a Space gets."""

HARDWARE = (
    "cpu-basic",
    "cpu-upgrade",
    "t4-small",
    "t4-medium",
    "l4x1",
    "a10g-small",
    "a10g-large",
    "a100-large",
    "zero-a10g",
)
"""What the app can be suggested for, by the Hub's names; ``zero-a10g`` is ZeroGPU."""

CPU_WHEELS = "--extra-index-url https://download.pytorch.org/whl/cpu\n"
"""PyTorch without gigabytes of CUDA: pip takes ``+cpu`` of a version before the plain one."""

ZERO_GPU = ("torch>=2.8,<2.12", "spaces>=0.51,<0.60")
"""The versions of PyTorch that ZeroGPU has, and its package."""

_PRELOAD = re.compile(r"^preload_from_hub:\n(?:  - .*\n)+", re.MULTILINE)


def main(arguments: Sequence[str]) -> int:
    """Write the folder that the arguments name. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.space", description="The folder of a Space.")
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument(
        "--hardware", choices=HARDWARE, default="cpu-basic", help="what to suggest (cpu-basic)"
    )
    parser.add_argument(
        "--no-preload", action="store_true", help="no models but those that ship with the app"
    )
    chosen = parser.parse_args(arguments)
    if chosen.folder.exists() and any(chosen.folder.iterdir()):
        print(f"{chosen.folder} is not empty. Name a new folder.", file=sys.stderr)
        return 2
    count = write_space(chosen.folder, hardware=chosen.hardware, preload=not chosen.no_preload)
    print(f"{count} files are in {chosen.folder}.")
    return 0


def write_space(folder: Path, *, hardware: str = "cpu-basic", preload: bool = True) -> int:
    """Write the folder of a Space.

    Args:
        folder: new or empty.
        hardware: one of :data:`HARDWARE`.
        preload: whether the Space has the small set of models in its cache.

    Returns:
        The number of files.
    """
    names = list(files())
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    shutil.copyfile(ROOT / "deploy" / "gitattributes", folder / ".gitattributes")
    _edit(folder / "README.md", lambda text: front_matter(text, hardware=hardware, preload=preload))
    _edit(folder / "requirements.txt", lambda text: requirements(text, hardware=hardware))
    return len(names) + 1


def files() -> Iterator[str]:
    """The files of a Space, by their paths in the repository."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z", "--", *PARTS],
            check=True,
            capture_output=True,
        ).stdout.decode()
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = []
    yield from names or _present()


def front_matter(readme: str, *, hardware: str, preload: bool) -> str:
    """The README with the suggested hardware, and without models to preload if there shall be none."""
    text = re.sub(r"^suggested_hardware: .*$", f"suggested_hardware: {hardware}", readme, flags=re.MULTILINE)
    return text if preload else _PRELOAD.sub("", text, count=1)


def requirements(text: str, *, hardware: str) -> str:
    """The requirements for this hardware."""
    if hardware.startswith("cpu-"):
        return CPU_WHEELS + text
    if hardware.startswith("zero-"):
        torch, spaces = ZERO_GPU
        return re.sub(r"^torch[>=<].*$", f"{torch}\n{spaces}", text, flags=re.MULTILINE)
    return text


def _present() -> Iterator[str]:
    for part in PARTS:
        path = ROOT / part
        found = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
        for one in found:
            if "__pycache__" not in one.parts and one.suffix != ".pyi":
                yield one.relative_to(ROOT).as_posix()


def _edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
