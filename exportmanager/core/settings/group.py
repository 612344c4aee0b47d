"""What a group of settings is, and how its settings are called where they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exportmanager.core.options import Field, Options, fields_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Settings that stand together. On screen the groups come by `position`; `summary` is one sentence."""

    id: str
    position: int
    title: str
    summary: str
    Options: type[Options]

    def settings(self) -> Iterator[tuple[str, Field]]:
        """Each setting, by the name of its row in the library's table and of its flag: ``shelf-days``."""
        return ((field.name.replace("_", "-"), field) for field in fields_of(self.Options))
