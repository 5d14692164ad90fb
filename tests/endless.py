"""A decoder that writes until it is stopped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.conftest import GENERATOR


def without_end(folder: Path) -> Path:
    """Put the bundled generator there with a longer context and no token that ends a text.

    It has neither card nor chat template, so that nothing is known of what it can do.
    """
    shutil.copytree(GENERATOR, folder)
    (folder / "abilities.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    config = json.loads((folder / "config.json").read_text())
    del config["eos_token_id"]  # with no end mark it writes on as long as it may
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 16384}))
    (folder / "generation_config.json").unlink()
    pieces = (folder / "tokenizer.model").read_bytes()
    assert b"</s>" in pieces
    (folder / "tokenizer.model").write_bytes(pieces.replace(b"</s>", b"</z>", 1))
    return folder
