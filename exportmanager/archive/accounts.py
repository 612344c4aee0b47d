"""Holds the matrix of a certificate against the roster, the assignments and the files that are in the archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from exportmanager.archive.bag_files import BagFiles
from exportmanager.archive.names import LIBRARY
from exportmanager.archive.places import Place, Places, lines_of
from exportmanager.core.archive import Certificate, CertifiedCell, Damage
from exportmanager.core.export import counted
from exportmanager.core.report import Cell

_STUDENTS = f"{LIBRARY}students.jsonl"
_ASSIGNMENTS = f"{LIBRARY}assignments.jsonl"
_WITH_FOLDER = {Cell.PRESENT, Cell.EMPTY}


@dataclass(frozen=True, slots=True)
class Account:
    """What is to be compared: `files` counts those that are there, by the folder of their workspace."""

    certificate: Certificate
    places: Places
    files: Counter[str]

    def damage(self, bag: BagFiles) -> Iterator[Damage]:
        """All that the certificate says otherwise than the archive holds."""
        if {_STUDENTS, _ASSIGNMENTS} <= set(bag.names()):
            yield from self._roster(bag)
        yield from self._cells()

    def _roster(self, bag: BagFiles) -> Iterator[Damage]:
        """Everybody on the roster and every assignment has to be in the matrix, and the other way round."""
        known = {one.id for one in self.certificate.students}
        left_out = {cell.student for cell in self.certificate.cells if cell.cell is Cell.LEFT_OUT}
        here = {str(row.get("id")): row for row in lines_of(bag, _STUDENTS)}
        learners = {id_ for id_, row in here.items() if row.get("role") == "student"}
        for id_ in sorted(learners - known):
            yield Damage(_STUDENTS, id_, "this student is on the roster, but not in the certificate")
        told = known if self.certificate.assignments else set()  # else no cell tells who was left out
        for id_ in sorted(told - learners - left_out):
            why = "this student is in the certificate, but not on the roster"
            yield Damage(_STUDENTS, self.places.named(id_, ""), why)
        assignments = {str(row.get("id")) for row in lines_of(bag, _ASSIGNMENTS)}
        certified = {one.id for one in self.certificate.assignments}
        for id_ in sorted(assignments ^ certified):
            why = "this assignment is not both in the certificate and in the archive"
            yield Damage(_ASSIGNMENTS, self.places.named("", id_), why)

    def _cells(self) -> Iterator[Damage]:
        """Each cell stands there once, and says what is in its folder."""
        cells = {(cell.student, cell.assignment): cell for cell in self.certificate.cells}
        places = {(p.student, p.assignment): p for p in self.places.by_folder.values() if p.is_coursework}
        for student in self.certificate.students:
            for assignment in self.certificate.assignments:
                key = student.id, assignment.id
                place = places.get(key)
                if why := self._wrong(cells.get(key), place):
                    yield Damage(place.folder if place else "", self.places.named(*key), why)
        for key in sorted(places.keys() - cells.keys()):
            yield Damage(places[key].folder, self.places.named(*key), "the certificate does not know of it")

    def _wrong(self, cell: CertifiedCell | None, place: Place | None) -> str:
        if cell is None:
            return "the certificate does not say what there is of it"
        if (cell.cell in _WITH_FOLDER) != (place is not None):
            there = "is a workspace" if place else "is none"
            return f"the certificate says that it is {cell.cell.value}, and there {there}"
        there_are = self.files[place.folder] if place else 0
        if place and there_are != cell.files:  # links count as files, but are only listed
            there_are += self.places.links(place)
        if there_are != cell.files:
            said = counted(cell.files, "file")
            return f"the certificate says {said}, and there {'is' if there_are == 1 else 'are'} {there_are:,}"
        return ""
