"""A pre-receive hook with the Hub's rules for what git may bring: no file above 10 MiB, no binary file.

    remote: Your push was rejected because it contains binary files.

Both hold for every commit that is pushed, also for files that a later one deletes. The Hub's documentation
(https://huggingface.co/docs/hub/repositories-getting-started) states them; as git does, a file is taken to be
binary if there is a zero byte among its first 8,000.
"""

from __future__ import annotations

import io
import subprocess
import sys

LARGEST = 10 * 1024**2
SAMPLE = 8_000
POINTER = b"version https://git-lfs.github.com/spec/v1\n"


def git(*arguments: str, given: bytes = b"") -> bytes:
    """What git prints."""
    return subprocess.run(["git", *arguments], input=given, check=True, capture_output=True).stdout


def offending(tip: str) -> list[str]:
    """Files of the new commits that break a rule."""
    listed = git("rev-list", "--objects", tip, "--not", "--all").decode().splitlines()
    named = dict(line.split(" ", 1) for line in listed if " " in line)
    blobs = io.BytesIO(git("cat-file", "--batch", given="\n".join(named).encode()))
    found = []
    while header := blobs.readline().split():
        one, kind, size = header[0].decode(), header[1], int(header[2])
        content = blobs.read(size + 1)[:SAMPLE]
        if kind == b"blob" and size > LARGEST:
            found.append(f"larger than 10 MiB: {named[one]}")
        elif kind == b"blob" and b"\0" in content and not content.startswith(POINTER):
            found.append(f"binary: {named[one]}")
    return found


if __name__ == "__main__":
    refused = [one for line in sys.stdin for one in offending(line.split()[1])]
    print("\n".join(refused), file=sys.stderr)
    sys.exit(bool(refused))
