"""Apps in processes that are forked from one that has the program imported, which is most of a start."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

_CONTEXT = multiprocessing.get_context("forkserver")

_GUARD = Path(__file__).parent / "offline" / "sitecustomize.py"


class PreloadedProcess:
    """The program in a process of its own, controlled like a ``subprocess.Popen``.

    Attributes:
        stdout: what it prints, errors too.
    """

    def __init__(self, flags: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        _CONTEXT.set_forkserver_preload(["tests.e2e.warm"])
        reader, writer = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_run, args=(flags, cwd, dict(env), writer), daemon=True)
        self._process.start()
        writer.close()
        self.stdout: TextIO = os.fdopen(os.dup(reader.fileno()))
        reader.close()

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; returns the exit code.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("app.py", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self._process.exitcode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """End it as a supervisor would."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def _run(flags: Sequence[str], cwd: Path, env: Mapping[str, str], output: Connection) -> None:
    """The life of the forked process."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for number in (1, 2):
        os.dup2(output.fileno(), number)
    output.close()
    runpy.run_path(str(_GUARD))
    import app

    sys.exit(app.main(list(flags)))
