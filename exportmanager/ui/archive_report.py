"""What came of archiving several courses: each with its archive, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from exportmanager.archives import Outcome
from exportmanager.ui.archive_words import not_proven, sentences
from exportmanager.ui.kit import Empty, Text
from exportmanager.ui.list_dialog import ListDialog
from exportmanager.ui.room import make_room
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, size, tr


def _title(outcome: Outcome) -> str:
    return outcome.title


def _came(outcome: Outcome) -> str:
    if outcome.record is None:
        assert outcome.problem is not None, "it is the one or the other"
        return sentences(outcome.problem)
    if why := not_proven(outcome.record):
        return tr("verified, {why}", why=why)
    return tr("verified, safe to delete")


def _colour(outcome: Outcome) -> str:
    if outcome.record is None:
        return "loss"
    return "warning" if not_proven(outcome.record) else "good"


def _size(outcome: Outcome) -> str:
    return size(outcome.record.size) if outcome.record else ""


def _bytes(outcome: Outcome) -> int | None:
    return outcome.record.size if outcome.record else None


def _place(outcome: Outcome) -> str:
    return str(outcome.record.path) if outcome.record else ""


def _key(outcome: Outcome) -> str:
    return outcome.course


def _has_archive(outcome: Outcome) -> bool:
    return outcome.record is not None


def _columns() -> list[Column[Outcome]]:
    return [
        Column(id="course", title=tr("Course"), text=_title, is_wide=True),
        Column(id="came", title=tr("Archive"), text=_came, colour=_colour, is_wide=True),
        Column(id="size", title=tr("Size"), text=_size, sort=_bytes, is_number=True),
        Column(id="place", title=tr("Where"), text=_place),
    ]


def _how_many(count: int) -> str:
    return counted(count, "1 course", "%Ln courses")


class ArchivesReport(ListDialog):
    """`asked_certificate` carries the course and the id of an archive. Shown with `open()`."""

    asked_certificate = Signal(object, int)

    def __init__(self, outcomes: Sequence[Outcome], parent: QWidget | None = None) -> None:
        table = Table(Rows(_columns(), _key), tr("Archived courses"), tr("What came of each course"))
        nothing = Empty(tr("No course was archived"), tr("None of them was there any more."))
        super().__init__(tr("Archived courses"), table, nothing, _how_many, parent)
        made = sum(map(_has_archive, outcomes))
        heading = tr("{made} of {courses} archived", made=made, courses=_how_many(len(outcomes)))
        self.top.addWidget(Text(heading, size="heading"))
        about = tr("of the selected course")
        self.certificate_button = self.add(tr("Certificate"), self._open, icon="open", about=about, can=_has_archive)
        self.table.opened.connect(self._open)
        self.add_copy(tr("the report, for a spreadsheet"))
        make_room(self, 820, 420)
        self.show_rows(outcomes)

    def _open(self, outcome: Outcome) -> None:
        if outcome.record is not None:
            self.accept()
            self.asked_certificate.emit(outcome.course, outcome.record.id)
