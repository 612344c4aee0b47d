"""The Assignments tab: each assignment in numbers, its exports, and below the guide of the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QMenu, QSplitter, QWidget

from exportmanager.core.course import AssignmentId, Role
from exportmanager.core.options import FieldKind
from exportmanager.core.overview import AssignmentOverview
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, Offer
from exportmanager.ui.course_words import kind_of, percent, points
from exportmanager.ui.export_actions import add_exports, offers_for
from exportmanager.ui.guide_panel import GuidePanel
from exportmanager.ui.kit import Empty, named
from exportmanager.ui.list_page import ListPage, ListWords
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.words import counted, exact_moment, moment, number, tr

_SHARES = "shares of assignments and guide"
_SHOWN = "guide beside assignments"


class AssignmentsPage(ListPage):
    """The assignments of a course; several can be chosen, and of one the guide is shown."""

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
        self._memory = memory
        self.guide = GuidePanel(desk, memory)
        self.guide_switch = QCheckBox(tr("Show the guide"))
        named(self.guide_switch, tr("Show the guide"), tr("Shows the guide of the chosen assignment below the table"))
        self.guide_switch.setToolTip(self.guide_switch.accessibleDescription())
        self.guide_switch.setChecked(bool(memory.get(_SHOWN, True)))
        rows: Rows[AssignmentOverview] = Rows(self._columns(), key=_key)
        nothing = Empty(tr("This course has no assignments"), text)
        super().__init__(rows, memory, "assignments", words, nothing, beside=[self.guide_switch])
        self.guide_switch.toggled.connect(self._switch_guide)
        self.table.picked.connect(self._show_guide)
        self._switch_guide(self.guide_switch.isChecked())

    def body(self) -> QWidget:
        """The table, and below it the guide."""
        self._split = QSplitter(Qt.Orientation.Vertical)
        for part in (self.sheet, self.guide):
            self._split.addWidget(part)
        self._split.setCollapsible(1, False)  # its switch hides it
        sizes = self._memory.get(_SHARES)
        self._split.setSizes(sizes if isinstance(sizes, list) and len(sizes) == 2 else [200, 300])
        self._split.splitterMoved.connect(self._keep_shares)
        return self._split

    def show_course(self, sight: CourseSight) -> None:
        """Show the assignments of a course, in its order unless the teacher sorts them."""
        self._students = sum(person.student.role is Role.STUDENT for person in sight.overview.students)
        self.show_rows(sight, sight.overview.assignments)
        self._show_guide()

    # The guide

    def _show_guide(self) -> None:
        chosen = self.table.chosen() if self.table.chosen_count() == 1 and self.guide_switch.isChecked() else []
        course = self.sight.overview.info.id if self.sight and chosen else None
        self.guide.show_assignment(course, chosen[0].assignment if chosen else None)

    def _switch_guide(self, is_on: bool) -> None:
        self._memory.put(_SHOWN, is_on)
        self.guide.setVisible(is_on)
        self._show_guide()

    def _keep_shares(self, *_: object) -> None:
        self._memory.put(_SHARES, self._split.sizes())

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
        return offers_for(self.sight.offers, FieldKind.ASSIGNMENTS) if self.sight else []

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
