"""The settings as a library keeps them: one row each, checked on the way in, and forgiven on the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from exportmanager.core import settings
from exportmanager.core.errors import NotFound
from exportmanager.core.options import Options, checked, fitting
from exportmanager.core.registry import found_in
from exportmanager.core.settings.group import Group


def all_groups() -> dict[str, Group]:
    """The groups of settings, by id, in the order in which they stand on screen."""
    found: dict[str, Group] = found_in(settings, "GROUP")
    return dict(sorted(found.items(), key=lambda item: item[1].position))


@dataclass(frozen=True, slots=True)
class KeptSettings:
    """The settings of one library. `read` gives a row's value (None: there is none), `write` keeps one.

    `read` may raise `ValueError` for what somebody wrote into the table by hand.
    """

    groups: Mapping[str, Group]
    read: Callable[[str], Any]
    write: Callable[[str, Any], None]

    def of(self, group_id: str) -> Options:
        """The settings of a group; what is kept and does not fit is the default. Raises `NotFound`."""
        group = self._group(group_id)
        kept = {field.name: self.row(name) for name, field in group.settings()}
        return fitting(group.Options, {name: value for name, value in kept.items() if value is not None})

    def change(self, group_id: str, values: Mapping[str, Any]) -> None:
        """Keep `values`, by the names of their fields; others stay as they are. Raises `BadOptions`, `NotFound`."""
        group = self._group(group_id)
        after = checked(group.Options, {**self.of(group_id).model_dump(), **values}).model_dump(mode="json")
        for name, field in group.settings():
            if field.name in values:
                self.write(name, after[field.name])

    def row(self, name: str) -> Any:
        """The value of a row; None where there is none, or where it was made unreadable by hand."""
        try:
            return self.read(name)
        except ValueError:
            return None

    def _group(self, group_id: str) -> Group:
        if group_id not in self.groups:
            raise NotFound(f"There are no settings called {group_id}.", "See the list of settings.")
        return self.groups[group_id]
