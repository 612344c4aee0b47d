"""The Assignments tab: each assignment in numbers, and its exports."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from exportmanager.core.course import AssignmentId, Role
from exportmanager.core.options import FieldKind
from exportmanager.core.overview import AssignmentOverview
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, Offer
from exportmanager.ui.course_words import kind_of, percent, points
from exportmanager.ui.export_actions import add_exports, offers_for
from exportmanager.ui.kit import Empty
from exportmanager.ui.list_page import ListPage, ListWords
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.words import counted, exact_moment, moment, number, tr


class AssignmentsPage(ListPage):
    """The assignments of a course; several can be chosen."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        words = ListWords(
            name=tr("Assignments"),
            about=tr("The assignments of the course; the menu key lists what can be done with the selected ones"),
            search=tr("Search assignments"),
            search_about=tr("Shows the assignments in which every word stands"),
            one="1 assignment",
            many="%Ln assignments",
        )
        text = tr("The last import brought none. Where the platform has some, take the course in again.")
        self._students = 0
        rows: Rows[AssignmentOverview] = Rows(self._columns(), key=_key)
        super().__init__(rows, memory, "assignments", words, Empty(tr("This course has no assignments"), text))

    def show_course(self, sight: CourseSight) -> None:
        """Show the assignments of a course, in its order unless the teacher sorts them."""
        self._students = sum(person.student.role is Role.STUDENT for person in sight.overview.students)
        self.show_rows(sight, sight.overview.assignments)

    # What can be done

    def fill_menu(self, menu: QMenu) -> None:
        """Add the exports for which assignments can be chosen."""
        chosen = self.table.chosen_count()
        of = counted(chosen, "1 assignment", "%Ln assignments") if chosen else ""
        add_exports(menu, self._offers(), of, self._ask)

    def export_selection(self) -> None:
        """Ask for the first export that can be had, of what is selected, or of everything where nothing is."""
        if found := next((offer for offer in self._offers() if not offer.reason), None):
            self._ask(found.kind.id)

    def _offers(self) -> list[Offer]:
        return list(offers_for(self.sight.offers, FieldKind.ASSIGNMENTS)) if self.sight else []

    def _ask(self, kind: str, _: bool = False) -> None:
        chosen = tuple(row.assignment.id for row in self.table.chosen())
        self.asked_export.emit(kind, chosen or None, None)

    # Columns

    def _columns(self) -> list[Column[AssignmentOverview]]:
        return [
            Column(id="module", title=tr("Module"), text=lambda row: row.module),
            Column(id="title", title=tr("Assignment"), text=lambda row: row.assignment.title, is_wide=True),
            Column(id="kind", title=tr("Kind"), text=lambda row: kind_of(row.assignment.kind)),
            Column(
                id="due",
                title=tr("Due"),
                text=lambda row: moment(row.assignment.due_at),
                sort=lambda row: row.assignment.due_at,
                tip=lambda row: exact_moment(row.assignment.due_at),
            ),
            Column(
                id="points",
                title=tr("Points"),
                text=lambda row: points(row.assignment.points),
                sort=lambda row: row.assignment.points,
                is_number=True,
            ),
            self._number("started", tr("Started"), lambda row: row.started),
            self._number("completed", tr("Completed"), lambda row: row.completed),
            self._number("answered", tr("Answered"), lambda row: row.answered),
            self._number("workspaces", tr("Workspaces"), lambda row: row.workspaces),
            Column(
                id="grade",
                title=tr("Average grade"),
                text=lambda row: percent(row.average_grade),
                sort=lambda row: row.average_grade,
                is_number=True,
            ),
            Column(
                id="gaps",
                title=tr("Gaps"),
                text=lambda row: number(row.gaps),
                sort=lambda row: row.gaps,
                colour=lambda row: "warning" if row.gaps else "",
                is_number=True,
            ),
        ]

    def _number(self, name: str, title: str, of) -> Column[AssignmentOverview]:
        """A number of students; its tooltip says of how many."""

        def said(row: AssignmentOverview) -> str:
            students = counted(self._students, "1 student", "%Ln students")
            return tr("{number} of {students}", number=number(of(row)), students=students)

        return Column(id=name, title=title, text=lambda row: number(of(row)), sort=of, tip=said, is_number=True)


def _key(row: AssignmentOverview) -> AssignmentId:
    return row.assignment.id
