"""A clean filter for git: the pointer by which LFS stores a file, see the specification of git-lfs."""

from __future__ import annotations

import hashlib
import sys


def pointer(content: bytes) -> str:
    """The pointer of this content."""
    digest = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"


if __name__ == "__main__":
    sys.stdout.write(pointer(sys.stdin.buffer.read()))
