"""What every tab's scripts ask for is read here: pages can be forged."""

from __future__ import annotations

from llama_demo.ui.schemas import Name, Text
from llama_demo.ui.schemas import parse as read

__all__ = ["Name", "Text", "read"]
