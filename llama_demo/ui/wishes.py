"""What every tab's scripts ask for is read here: pages can be forged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from llama_demo.errors import DemoError
from llama_demo.ui.handler import whole

Text = Annotated[str, AfterValidator(whole)]
Name = Annotated[str, AfterValidator(whole), Field(max_length=1_000)]

Kind = TypeVar("Kind", bound=BaseModel)


def read(kind: type[Kind], told: Mapping[str, Any]) -> Kind:
    """What a script asks for.

    Raises:
        DemoError: ``unexpected``; no page of ours sends such a thing.
    """
    try:
        return kind.model_validate(told)
    except ValidationError as exc:
        raise DemoError("unexpected") from exc
