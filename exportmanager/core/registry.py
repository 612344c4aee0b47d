"""Kinds and sources are found by looking in their folder: adding one is adding one file."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def found_in(package: ModuleType, attribute: str) -> dict[str, Any]:
    """What the modules of `package` name `attribute`, by its `id`, in alphabetical order of the modules."""
    found = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        thing = getattr(importlib.import_module(f"{package.__name__}.{info.name}"), attribute, None)
        if thing is not None:
            assert thing.id not in found, f"two files say that they are {thing.id}"
            found[thing.id] = thing
    return found
