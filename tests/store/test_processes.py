"""Which programs live: the difference between a run that was interrupted and one that runs elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from llama_demo.store.processes import Process

ROOT = Path(__file__).parents[2]

HOLD = """
import sys
from pathlib import Path
from llama_demo.store.processes import Process
process = Process(Path(sys.argv[1]))
print(process.name, flush=True)
sys.stdin.read()
"""


def start(directory: Path) -> tuple[subprocess.Popen[str], str]:
    """A real second program that lives until it is killed, and its name."""
    command = [sys.executable, "-c", HOLD, str(directory)]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert program.stdout is not None
    return program, program.stdout.readline().strip()


def kill(program: subprocess.Popen[str]) -> None:
    """As ``kill -9`` does: nothing in the program gets a chance to clean up."""
    program.kill()
    program.communicate()


def test_a_program_lives_until_it_is_killed(tmp_path: Path) -> None:
    """Death is noticed however it came, and the file that is left behind goes."""
    own = Process(tmp_path / "processes")
    program, name = start(tmp_path / "processes")
    assert own.lives(name)
    kill(program)
    assert not own.lives(name)
    assert not (tmp_path / "processes" / f"{name}.lock").exists()
    own.close()


def test_asking_does_not_disturb_the_living(tmp_path: Path) -> None:
    """A program that was asked about still counts as living for the next one who asks."""
    first, second = Process(tmp_path), Process(tmp_path)
    assert first.lives(first.name)
    assert first.lives(second.name)
    assert first.lives(second.name)
    assert second.lives(first.name)
    second.close()
    assert not first.lives(second.name)
    first.close()


def test_what_dead_programs_left_is_swept_away(tmp_path: Path) -> None:
    """Years of killed programs leave no heap of files; the living keep theirs."""
    program, name = start(tmp_path)
    kill(program)
    living = Process(tmp_path)
    Process(tmp_path).close()
    living.sweep()
    assert [file.stem for file in tmp_path.iterdir()] == [living.name]
    assert name != living.name
    living.close()


def test_a_name_that_never_was_is_dead(tmp_path: Path) -> None:
    """A row from another computer's copy of the database names a program that nobody here knows."""
    own = Process(tmp_path)
    assert not own.lives("0" * 32)
    own.close()
