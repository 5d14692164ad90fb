"""What a model folder says about its vocabulary beside the vocabulary itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_optional_json, read_text

_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMED = ("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token")


@dataclass(frozen=True)
class AddedToken:
    """A mark or token that is looked for in a text before the text is cut into pieces.

    Attributes:
        special: whether it is a mark, never part of a text; else it is a token like any.
        left, right: whether it takes the blanks on that side with it.
        alone: whether it counts only where no letter or digit stands beside it.
    """

    id: int
    special: bool = True
    left: bool = False
    right: bool = False
    alone: bool = False


@dataclass(frozen=True)
class VocabularySettings:
    """``tokenizer_config.json`` and the files beside it.

    Attributes:
        add_begin, add_end: whether every text begins and ends with a mark; ``None`` leaves it to the
            vocabulary.
        legacy: whether a blank is put before the text behind each mark, as the first LLaMA tokenizers did.
        normal_form: whether a text is put into its normal form first; a setting of ours, for vocabularies
            that fold nothing.
        named: marks by what they are for, such as ``bos_token``.
        added: further marks and tokens, for vocabularies that do not hold them.
        end_ids: ids that end a text, of which chat models name several.
        largest_id: the largest id that the folder names for any purpose.
        chat_template: Jinja2, if the folder has one.
    """

    add_begin: bool | None = None
    add_end: bool | None = None
    legacy: bool = False
    normal_form: bool = False
    named: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, AddedToken] = field(default_factory=dict)
    end_ids: frozenset[int] = frozenset()
    largest_id: int = -1
    chat_template: str | None = None


def read_settings(folder: Path) -> VocabularySettings:
    """Read them; a folder may lack each of the files.

    Raises:
        CheckpointError: a file is damaged.
    """
    settings = read_optional_json(folder / "tokenizer_config.json")
    configs = [read_optional_json(folder / name) for name in ("config.json", "generation_config.json")]
    end_ids = frozenset().union(*(_ids(config.get("eos_token_id")) for config in configs))
    return VocabularySettings(
        add_begin=_flag(settings, "add_bos_token"),
        add_end=_flag(settings, "add_eos_token"),
        legacy=settings.get("legacy") is True,
        normal_form=settings.get("normal_form") is True,
        named=_named(read_optional_json(folder / "special_tokens_map.json") | settings),
        added=_added(folder, settings),
        end_ids=end_ids,
        largest_id=max(end_ids.union(*(_ids(config.get("bos_token_id")) for config in configs)), default=-1),
        chat_template=_chat_template(folder, settings),
    )


def _flag(settings: Mapping[str, Any], name: str) -> bool | None:
    # Where it is named at all, null means no.
    return bool(settings[name]) if name in settings else None


def _ids(value: object) -> frozenset[int]:
    values = value if isinstance(value, list) else [value]
    return frozenset(i for i in values if isinstance(i, int))


def _named(settings: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: _text(settings.get(name)) for name in _NAMED}
    return {name: text for name, text in texts.items() if text is not None}


def _text(token: object) -> str | None:
    # A token is a text, or an object that says how to look for it.
    content = token.get("content") if isinstance(token, dict) else token
    # JSON can carry halves of characters, which no vocabulary holds.
    return content if isinstance(content, str) and _SURROGATE.search(content) is None else None


def _added(folder: Path, settings: Mapping[str, Any]) -> dict[str, AddedToken]:
    listed = read_optional_json(folder / "added_tokens.json")
    added = {text: AddedToken(_id(i, "added_tokens.json")) for text, i in listed.items()}
    decoder = settings.get("added_tokens_decoder")
    for number, token in decoder.items() if isinstance(decoder, dict) else ():
        flags = token if isinstance(token, dict) else {}
        added[_text(token) or ""] = AddedToken(
            _id(int(number) if number.isdecimal() else number, "tokenizer_config.json"),
            special=flags.get("special") is True,
            left=flags.get("lstrip") is True,
            right=flags.get("rstrip") is True,
            alone=flags.get("single_word") is True,
        )
    return {text: token for text, token in added.items() if text}


def _id(value: object, file: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise CheckpointError("file_broken", file=file, detail=f"not a token id: {value}")
    return value


def _chat_template(folder: Path, settings: Mapping[str, Any]) -> str | None:
    path = folder / "chat_template.jinja"
    if path.exists():
        return read_text(path)
    template = settings.get("chat_template")
    if isinstance(template, list):  # several, by name
        named = {each.get("name"): each.get("template") for each in template if isinstance(each, dict)}
        template = named.get("default")
    return template if isinstance(template, str) else None
