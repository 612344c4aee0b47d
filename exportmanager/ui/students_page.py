"""The Students tab: everybody in the course in numbers, since when inactive, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QMenu

from exportmanager.core.course import Role, StudentId
from exportmanager.core.options import FieldKind
from exportmanager.core.overview import StudentOverview
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight, Offer
from exportmanager.ui import theme
from exportmanager.ui.course_words import activity, role_of
from exportmanager.ui.export_actions import add_exports, offers_for
from exportmanager.ui.kit import Empty, named
from exportmanager.ui.list_page import ListPage, ListWords
from exportmanager.ui.memory import Memory
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.words import counted, day, exact_moment, number, tr


def _is_student(person: StudentOverview) -> bool:
    return person.student.role is Role.STUDENT


def _is_active(person: StudentOverview) -> bool:
    return _is_student(person) and person.inactive_days is None


def _is_inactive(person: StudentOverview) -> bool:
    return _is_student(person) and person.inactive_days is not None


def _is_teacher(person: StudentOverview) -> bool:
    return person.student.role is Role.TEACHER


_WHO: dict[str, Callable[[StudentOverview], bool] | None] = {
    "Everybody": None,
    "Active students": _is_active,
    "Inactive students": _is_inactive,
    "Teachers": _is_teacher,
}


class StudentsPage(ListPage):
    """Everybody in a course. `opened` carries the id of somebody whose own page is wanted."""

    opened = Signal(object)

    def __init__(self, desk: Desk, memory: Memory) -> None:
        words = ListWords(
            name=tr("Students"),
            about=tr("Everybody in the course; Enter opens one, the menu key lists what can be done"),
            search=tr("Search students"),
            search_about=tr("Shows those whose name, user name, e-mail address or state holds every word"),
            one="1 person",
            many="%Ln people",
        )
        self.who = QComboBox()
        self.who.addItems([tr(who) for who in _WHO])
        named(self.who, tr("Who is shown"), tr("Shows everybody, only active or inactive students, or only teachers"))
        self.who.setToolTip(self.who.accessibleDescription())
        text = tr("The last import brought nobody. Where the platform has students, take the course in again.")
        rows: Rows[StudentOverview] = Rows(_columns(), key=_key)
        nothing = Empty(tr("Nobody is in this course"), text)
        super().__init__(rows, memory, "students", words, nothing, beside=[self.who])
        self.who.currentIndexChanged.connect(self._narrow)
        self.table.opened.connect(self._open)

    def show_course(self, sight: CourseSight) -> None:
        """Show everybody in a course, in the order of the roster unless the teacher sorts them."""
        self.show_rows(sight, sight.overview.students)

    def show_all(self) -> None:
        """Take search and choice back."""
        self.who.setCurrentIndex(0)
        super().show_all()

    def order(self) -> Sequence[StudentId]:
        """Everybody who is to be seen, in the order in which they stand."""
        return [row.student.id for row in self.rows.shown]

    def _narrow(self, number: int) -> None:
        self.rows.narrow(list(_WHO.values())[number])

    def _open(self, person: StudentOverview) -> None:
        self.opened.emit(person.student.id)

    # What can be done

    def fill_menu(self, menu: QMenu) -> None:
        """Add opening, the exports for which students can be chosen, and copying e-mail addresses."""
        people = self.table.chosen()
        opening = menu.addAction(theme.icon("student"), tr("Open"))
        opening.setEnabled(len(people) == 1)
        opening.triggered.connect(self._open_chosen)
        menu.addSeparator()
        students = len(list(filter(_is_student, people)))
        refused = tr("Only students' data can be exported.") if people and not students else ""
        of = counted(students, "1 student", "%Ln students") if students else ""
        add_exports(menu, self._offers(), of, self._ask, refused=refused)
        menu.addSeparator()
        addresses = len(self._addresses())
        text = counted(addresses, "Copy 1 e-mail address", "Copy %Ln e-mail addresses") if addresses else ""
        copy = menu.addAction(theme.icon("mail"), text or tr("Copy e-mail addresses"))
        copy.setEnabled(bool(addresses))
        copy.triggered.connect(self.copy_addresses)

    def export_selection(self) -> None:
        """Ask for the first export that can be had, of the selected students, or of all where nobody is selected."""
        is_possible = not self.table.chosen_count() or any(map(_is_student, self.table.chosen()))
        found = next((offer for offer in self._offers() if not offer.reason), None)
        if found and is_possible:
            self._ask(found.kind.id)

    def copy_addresses(self) -> None:
        """Copy the e-mail addresses of the selected people, as a mail program takes them."""
        QGuiApplication.clipboard().setText(", ".join(self._addresses()))

    def _addresses(self) -> list[str]:
        return list(dict.fromkeys(row.student.email for row in self.table.chosen() if row.student.email))

    def _open_chosen(self) -> None:
        for person in self.table.chosen()[:1]:
            self._open(person)

    def _offers(self) -> list[Offer]:
        return offers_for(self.sight.offers, FieldKind.STUDENTS) if self.sight else []

    def _ask(self, kind: str, _: bool = False) -> None:
        chosen = tuple(row.student.id for row in self.table.chosen() if _is_student(row))
        self.asked_export.emit(kind, None, chosen or None)


def _key(row: StudentOverview) -> StudentId:
    return row.student.id


def _state(row: StudentOverview) -> str:
    return activity(row.student, row.inactive_days, row.last_active_on)


def _last_active(row: StudentOverview) -> str:
    return exact_moment(row.student.last_active_at) or day(row.last_active_on)


def _columns() -> list[Column[StudentOverview]]:
    return [
        Column(id="name", title=tr("Name"), text=lambda row: row.student.name, is_wide=True),
        Column(id="username", title=tr("User name"), text=lambda row: row.student.username),
        Column(id="email", title=tr("E-mail"), text=lambda row: row.student.email),
        Column(id="role", title=tr("Role"), text=lambda row: role_of(row.student.role)),
        Column(
            id="active",
            title=tr("Last active"),
            text=lambda row: day(row.last_active_on),
            sort=lambda row: row.last_active_on,
            tip=_last_active,
        ),
        Column(
            id="state",
            title=tr("State"),
            text=_state,
            sort=lambda row: (row.inactive_days or 0, row.last_active_on is None, not row.student.on_roster),
            colour=lambda row: "muted" if row.inactive_days is not None else "",
            may_be_cut=True,
        ),
        _number("started", tr("Started"), lambda row: row.started),
        _number("completed", tr("Completed"), lambda row: row.completed),
        _number("answers", tr("Answers"), lambda row: row.answers),
        _number("workspaces", tr("Workspaces"), lambda row: row.workspaces),
        _number("gaps", tr("Gaps"), lambda row: row.gaps, lambda row: "warning" if row.gaps else ""),
    ]


def _number(
    name: str, title: str, of: Callable[[StudentOverview], int], colour: Callable[[StudentOverview], str] | None = None
) -> Column[StudentOverview]:
    return Column(id=name, title=title, text=lambda row: number(of(row)), sort=of, colour=colour, is_number=True)
