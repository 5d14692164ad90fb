"""From the command to the page, and from a click to the text: ``python -m bench.start``.

Starts the app several times on a fresh data directory and measures, as a program outside it: seconds to
the served page, seconds to the first token of a request, and tokens per second that arrive.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from gradio_client import Client

ROOT = Path(__file__).parent.parent
ROUNDS = 5


def main() -> None:
    """Print the median of each figure."""
    rounds = [once() for _ in range(ROUNDS)]
    served, first, own, through = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"start to served page: {served:.1f} s")
    print(f"request to first token, as the engine reports it: {first:.0f} ms")
    print(f"tokens/s, as the engine reports it: {own:.0f}")
    print(f"tokens/s that reach a program over HTTP, request to end: {through:.0f}")


def once() -> tuple[float, float, float, float]:
    """One start, one warming request, one measured request."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        command = [
            sys.executable,
            str(ROOT / "app.py"),
            "--port",
            str(port),
            "--data-dir",
            data,
            "--threads",
            "2",
        ]
        began = time.perf_counter()
        app = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert app.stdout is not None
            next(line for line in app.stdout if line.startswith("Running on"))
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            served = time.perf_counter() - began
            return served, *ask(port)
        finally:
            app.terminate()
            app.wait()


def ask(port: int) -> tuple[float, float, float]:
    """Milliseconds to the first token, the engine's tokens/s, and tokens/s as they arrive."""
    client = Client(f"http://127.0.0.1:{port}", verbose=False)
    story = {"prompt": "Once upon a time there was a little dog", "api_name": "/generate", "seed": 1}
    client.predict(**story, max_new_tokens=20)
    began = time.perf_counter()
    _, info = client.predict(**story, max_new_tokens=400)
    seconds = time.perf_counter() - began
    return info["first_token_ms"], info["tokens_per_second"], info["tokens"] / seconds


if __name__ == "__main__":
    main()
