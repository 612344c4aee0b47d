"""The assignments that the library and the pieces know; which one a name from outside means is looked up here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from exportmanager.core.course import Assignment, AssignmentId, Module, ModuleId
from exportmanager.formats.course_sources import ListedAssignment
from exportmanager.sources.arriving.words import same, slug, stands_for

NO_MODULE = "Assignments"
"""The module for assignments of which nobody said where they belong."""


@dataclass(eq=False, slots=True)
class Titled:
    """An assignment: as the library knows it, or a new one of this `title` in the module called `module`.

    `listed` is what the list of course sources of ours says of a new one.
    """

    id: AssignmentId
    title: str
    assignment: Assignment | None = None
    module: str = ""
    listed: ListedAssignment | None = None

    def made(self, module: ModuleId, position: int) -> Assignment:
        """A new one, as far as anybody told what it is."""
        made = Assignment(id=self.id, module_id=module, title=self.title, position=position)
        if self.listed is None:
            return made
        told = self.listed
        return replace(made, kind=told.kind, stack=told.stack, version=told.version, published_at=told.published_at)


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """Which assignment a name means: one, none, or several that it could be; `why` in words.

    An `unsure` one is only like the name, and no match.
    """

    entries: tuple[Titled, ...] = ()
    why: str = ""
    unsure: bool = False


class Titles:
    """Starts with those in the library."""

    def __init__(self, known: Iterable[Assignment], modules: Iterable[Module] = ()) -> None:
        self.entries: list[Titled] = []
        self._keys: dict[str, dict[int, Titled]] = {}
        self._slugs: dict[str, dict[int, Titled]] = {}
        self._by_id: dict[str, Titled] = {}
        titles = {module.id: module.title for module in modules if module.title != NO_MODULE}
        for assignment in known:
            self.add(Titled(assignment.id, assignment.title, assignment, titles.get(assignment.module_id, "")))

    def add(self, titled: Titled) -> Titled:
        """A new entry."""
        self.entries.append(titled)
        self._by_id[titled.id] = titled
        for name in (titled.id, titled.title):
            self.call(titled, name)
            if key := slug(name):
                self._slugs.setdefault(key, {})[id(titled)] = titled
        return titled

    def call(self, titled: Titled, name: str) -> None:
        """Another name for an assignment."""
        if key := same(name):
            self._keys.setdefault(key, {})[id(titled)] = titled

    def of_id(self, assignment: str) -> Titled | None:
        """The entry of an id."""
        return self._by_id.get(assignment)

    def find(self, label: str, module: str = "") -> TitleMatch:
        """The assignment that has this name, in the module of this name where that is told."""
        if hits := self._keys.get(same(label)):
            return _in_module([*hits.values()], module, "the name is the same")
        alike = [*self._slugs.get(slug(label), {}).values()]
        hits_but_signs = [titled for titled in alike if any(stands_for(label, n) for n in (titled.title, titled.id))]
        if hits_but_signs:
            return _in_module(hits_but_signs, module, "the name is the same but for signs")
        known = [titled for titled in alike if titled.assignment]
        return TitleMatch(tuple(known), "an assignment has nearly this name", unsure=True) if known else TitleMatch()


def _in_module(hits: Sequence[Titled], module: str, why: str) -> TitleMatch:
    """Those of the module, or of none: names may be there once in each module."""
    if module:
        there = [titled for titled in hits if slug(titled.module) == slug(module)]
        fits = there or [titled for titled in hits if not titled.module]
        elsewhere = [titled for titled in hits if titled.assignment]
        if not fits and elsewhere:
            return TitleMatch(tuple(elsewhere), "an assignment of another module has this name", unsure=True)
        hits = fits
    if len(hits) > 1:
        return TitleMatch(tuple(hits), f"{len(hits)} assignments have this name")
    return TitleMatch(tuple(hits), why if hits else "")
