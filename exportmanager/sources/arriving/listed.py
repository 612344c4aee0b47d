"""Which assignments those in the lists of course sources of ours are: by id within their own course, else by title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from exportmanager.core.source import KnownCourse
from exportmanager.formats.course_sources import ListedAssignment
from exportmanager.sources.arriving.pieces import SourcesPiece
from exportmanager.sources.arriving.titles import NO_MODULE, Titled, TitleMatch, Titles
from exportmanager.sources.arriving.words import same


@dataclass(frozen=True, slots=True)
class Listed:
    """An assignment in a list, in the module of this title: what to call it in links, and what it may be."""

    assignment: ListedAssignment
    module: str
    label: str
    found: TitleMatch


class Lists:
    """Goes through lists, one after the other; who takes an assignment for one in a list says so by `take`."""

    def __init__(self, titles: Titles, known: KnownCourse | None, pieces: Sequence[SourcesPiece]) -> None:
        self._titles = titles
        self._course = known.info.id if known else pieces[0].told.course.id if pieces else ""
        self._labels: dict[str, str] = {}
        self._taken: set[int] = set()

    def of(self, piece: SourcesPiece) -> Iterator[Listed]:
        """Each in a list. Two that have one title are two: the second one is called by its id as well."""
        modules = {module.id: module.title for module in piece.told.modules}
        is_this_course = piece.told.course.id == self._course
        for one in piece.told.assignments:
            module = modules[one.module]
            yield Listed(one, module, self._label(one), self._find(one, module, is_this_course=is_this_course))

    def take(self, titled: Titled | None) -> None:
        """No other one in a list has the title of this."""
        self._taken.add(id(titled))

    def _label(self, one: ListedAssignment) -> str:
        label = one.title
        while self._labels.setdefault(same(label), one.id) != one.id:
            label = f"{one.id} {label}"
        return label

    def _find(self, one: ListedAssignment, module: str, *, is_this_course: bool) -> TitleMatch:
        if is_this_course and (titled := self._titles.of_id(one.id)):
            return TitleMatch((titled,), "the id is the same")
        found = self._titles.find(one.title, "" if module == NO_MODULE else module)
        return replace(found, entries=tuple(e for e in found.entries if not e.listed and id(e) not in self._taken))
