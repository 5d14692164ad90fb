"""Keeps Gradio from parsing and writing the interface files of components when it is imported.

For each component class, its own and those of an app, Gradio parses the source and writes or compares a
``.pyi`` file beside it, for editors. That is half of the time of ``import gradio``, and it writes into the
folders of installed code. Gradio has no switch for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType

MODULE = "gradio.component_meta"


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        _without_interfaces(module)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == MODULE else None
        if spec is None or spec.origin is None:
            return None
        return spec_from_file_location(fullname, spec.origin, loader=_Loader(fullname, spec.origin))


def write_no_interfaces() -> None:
    """From now on; best before Gradio is imported."""
    if MODULE in sys.modules:
        _without_interfaces(sys.modules[MODULE])
    else:
        sys.meta_path.insert(0, _Finder())


def _without_interfaces(module: ModuleType) -> None:
    module.create_or_modify_pyi = lambda *_: None  # type: ignore[attr-defined]
