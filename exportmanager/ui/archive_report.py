"""What came of archiving several courses: each with its archive, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from exportmanager.archives import Outcome
from exportmanager.ui.archive_words import colour_of, sentences
from exportmanager.ui.kit import STEP, Text, button, column, row
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, size, tr


def _title(outcome: Outcome) -> str:
    return outcome.title


def _came(outcome: Outcome) -> str:
    if outcome.record is None:
        assert outcome.problem is not None, "it is the one or the other"
        return sentences(outcome.problem)
    gaps = len(outcome.record.certificate.open_gaps)
    if gaps:
        return counted(gaps, "verified, 1 gap is left open", "verified, %Ln gaps are left open")
    return tr("verified, safe to delete")


def _colour(outcome: Outcome) -> str:
    return colour_of(outcome.record) if outcome.record else "loss"


def _size(outcome: Outcome) -> str:
    return size(outcome.record.size) if outcome.record else ""


def _bytes(outcome: Outcome) -> int | None:
    return outcome.record.size if outcome.record else None


def _place(outcome: Outcome) -> str:
    return str(outcome.record.path) if outcome.record else ""


def _key(outcome: Outcome) -> str:
    return outcome.course


class ArchivesReport(QDialog):
    """`asked_certificate` carries the course and the id of an archive. Shown with `open()`."""

    asked_certificate = Signal(object, int)

    def __init__(self, outcomes: Sequence[Outcome], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Archived courses"))
        columns = [
            Column(id="course", title=tr("Course"), text=_title, is_wide=True),
            Column(id="came", title=tr("Archive"), text=_came, colour=_colour, is_wide=True),
            Column(id="size", title=tr("Size"), text=_size, sort=_bytes, is_number=True),
            Column(id="place", title=tr("Where"), text=_place),
        ]
        self.rows: Rows[Outcome] = Rows(columns, _key)
        self.rows.set_rows(outcomes)
        self.table = Table(self.rows, tr("Archived courses"), tr("What came of each course"))
        self.table.fit_columns()
        self.table.opened.connect(self._open)
        self.table.picked.connect(self._look)
        self.certificate_button = button(tr("Certificate"), self._show, icon="open", about=tr("of the selected course"))
        self.copy_button = button(tr("Copy all"), self.copy, icon="copy", about=tr("the report, for a spreadsheet"))
        buttons = row(self.certificate_button, self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Close"), self.accept, is_default=True))
        made = sum(outcome.record is not None for outcome in outcomes)
        heading = tr("{made} of {courses} archived", made=made,
                     courses=counted(len(outcomes), "1 course", "%Ln courses"))  # fmt: skip
        layout = column(Text(heading, size="heading"), margin=2 * STEP)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.resize(820, 420)
        self.table.selectRow(0)
        self.table.setFocus()

    def _look(self) -> None:
        chosen = self.table.chosen()
        self.certificate_button.setEnabled(len(chosen) == 1 and chosen[0].record is not None)

    def _show(self) -> None:
        self._open(self.table.chosen()[0])

    def _open(self, outcome: Outcome) -> None:
        if outcome.record is not None:
            self.accept()
            self.asked_certificate.emit(outcome.course, outcome.record.id)

    def copy(self) -> None:
        """Copy all of it as tab-separated lines."""
        lines = ["\t".join(column.title for column in self.rows.columns)]
        lines += ["\t".join(column.text(one) for column in self.rows.columns) for one in self.rows.shown]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copy_button.setText(tr("Copied"))
