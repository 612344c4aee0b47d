"""The assignments that the library and the pieces know; which one a name from outside means is looked up here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exportmanager.core.course import Assignment, AssignmentId
from exportmanager.sources.arriving.words import same, slug


@dataclass(eq=False, slots=True)
class Titled:
    """An assignment: as the library knows it, or a new one of this `title` in the module called `module`."""

    id: AssignmentId
    title: str
    assignment: Assignment | None = None
    module: str = ""


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """Which assignment a name means: one, none, or several that it could be; `why` in words."""

    entries: tuple[Titled, ...] = ()
    why: str = ""


class Titles:
    """Starts with those in the library."""

    def __init__(self, known: Iterable[Assignment]) -> None:
        self.entries: list[Titled] = []
        self._keys: dict[str, dict[int, Titled]] = {}
        for assignment in known:
            self.add(Titled(assignment.id, assignment.title, assignment))

    def add(self, titled: Titled) -> Titled:
        """A new entry."""
        self.entries.append(titled)
        self.call(titled, titled.id, titled.title)
        return titled

    def call(self, titled: Titled, *names: str) -> None:
        """Another name for an assignment."""
        for name in names:
            for key in (same(name), slug(name)):
                if key:
                    self._keys.setdefault(key, {})[id(titled)] = titled

    def of_id(self, assignment: str) -> Titled | None:
        """The entry of an id."""
        return next((entry for entry in self.entries if entry.id == assignment), None)

    def find(self, label: str) -> TitleMatch:
        """The assignment that has this name."""
        for key, why in ((same(label), "the name is the same"), (slug(label), "the name is the same but for signs")):
            if hits := self._keys.get(key, {}):
                several = f"{len(hits)} assignments have this name"
                return TitleMatch(tuple(hits.values()), why if len(hits) == 1 else several)
        return TitleMatch()
