"""Lists deleted courses: put one back, or let it go for good."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from exportmanager.core.trash import Trashed
from exportmanager.jobs.desk import Desk
from exportmanager.ui.kit import Empty, Text
from exportmanager.ui.list_dialog import ListDialog
from exportmanager.ui.room import make_room
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, moment, span, tr


class TrashDialog(ListDialog):
    """Beside the window; shown with `show()`. Each signal carries a `Trashed`."""

    asked_back = Signal(object)
    asked_purge = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._clock = desk.program.clock
        table = Table(Rows(self._columns(), _id), tr("Trash"), tr("Deleted courses, those that go first on top"))
        nothing = Empty(tr("The trash is empty"), tr("Courses that are deleted wait here."))
        super().__init__(tr("Trash"), table, nothing, _how_many, parent)
        about = tr("What is put back is as it was. Archives of these courses stay where they are.")
        self.top.addWidget(Text(about, colour="muted"))
        about = tr("the selected course")
        self.back_button = self.add(tr("Put back"), self.asked_back.emit, icon="undo", about=about)
        self.purge_button = self.add(tr("Remove for good..."), self.asked_purge.emit, icon="remove", about=about)
        make_room(self, 760, 400)
        self.keep_reading(desk, desk.program.deleting.trash)

    def _columns(self) -> list[Column[Trashed]]:
        return [
            Column(id="course", title=tr("Course"), text=_title, is_wide=True),
            Column(id="code", title=tr("Code"), text=_code),
            Column(id="deleted", title=tr("Deleted"), text=_deleted, sort=_deleted_at),
            Column(id="goes", title=tr("Goes for good"), text=self._goes, sort=_goes_at, tip=_goes_when),
        ]

    def _goes(self, trashed: Trashed) -> str:
        left = trashed.goes_at - self._clock()
        return tr("within the hour") if left.total_seconds() <= 0 else tr("in {time}", time=span(left))


def _how_many(count: int) -> str:
    return counted(count, "1 course", "%Ln courses")


def _id(trashed: Trashed) -> str:
    return trashed.info.id


def _title(trashed: Trashed) -> str:
    return trashed.info.title


def _code(trashed: Trashed) -> str:
    return trashed.info.code


def _deleted(trashed: Trashed) -> str:
    return moment(trashed.trashed_at)


def _deleted_at(trashed: Trashed) -> datetime:
    return trashed.trashed_at


def _goes_at(trashed: Trashed) -> datetime:
    return trashed.goes_at


def _goes_when(trashed: Trashed) -> str:
    return moment(trashed.goes_at)
