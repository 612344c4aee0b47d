"""What blueprints would be added, under which names, which are left out, and what was odd in their file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from exportmanager.core.blueprints import Addition, Additions, additions
from exportmanager.core.course import Blueprint
from exportmanager.formats.blueprints import BlueprintFile
from exportmanager.jobs.desk import Desk
from exportmanager.ui.blueprint_words import length_of, page_of
from exportmanager.ui.details import DetailsDialog
from exportmanager.ui.kit import Text, button, column, named, row
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.says import Says
from exportmanager.ui.table import Table
from exportmanager.ui.words import counted, number, tr

_ROWS = 4
"""Rows that are in sight at least."""


class Coming(QWidget):
    """`counted`: it is known anew what would be added."""

    counted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._question = 0
        self.file: BlueprintFile | None = None
        self._known: Sequence[Blueprint] = ()
        self.found: Additions | None = None
        self.skip = QCheckBox(tr("&Leave out those that the course has already"))
        named(self.skip, self.skip.text().replace("&", ""), tr("With the same name, text and settings"))
        self.skip.setToolTip(self.skip.accessibleDescription())
        self.skip.setChecked(True)
        self.rows: Rows[Addition] = Rows(_columns(), key=_place)
        self.table = Table(
            self.rows, tr("What will be added"), tr("The blueprints of the file, and what becomes of them")
        )
        self.odd = Says("info")
        self.details_button = button(
            tr("Details"), self._show_details, icon="info", about=tr("what was odd in the file")
        )
        self._arrange()
        self.skip.toggled.connect(self._look)

    def _arrange(self) -> None:
        self.table.setMinimumHeight((self.table.fontMetrics().height() + 12) * (_ROWS + 1))
        odd = row(self.odd, self.details_button)
        odd.setStretch(0, 1)
        layout = column(Text(tr("What will be added"), size="heading"), self.skip)
        layout.addWidget(self.table, 1)
        layout.addLayout(odd)
        self.setLayout(layout)

    def show_file(self, file: BlueprintFile, known: Sequence[Blueprint]) -> None:
        """Show what of a file would be added to what is known."""
        self.file = file
        self.odd.say(_odd(file.findings))
        self.details_button.setVisible(len(file.findings) > 1)
        self.know(known)

    @property
    def words(self) -> str:
        """How many would be added, and how many not."""
        return _in_words(self.found) if self.found else ""

    def know(self, known: Sequence[Blueprint]) -> None:
        """The course has these by now."""
        self._known = known
        self._look()

    def forget(self) -> None:
        """Let go of the file."""
        self.file = self.found = None
        self._question += 1

    def _look(self, _: bool = False) -> None:
        self._question += 1
        if self.file is not None:
            work = partial(additions, self._known, self.file.blueprints, skip_equal=self.skip.isChecked())
            self._desk.background.ask(self, work, partial(self._show, self._question))

    def _show(self, question: int, found: Additions) -> None:
        if question != self._question:
            return
        is_first = self.found is None
        self.found = found
        self.rows.set_rows(found.each)
        if is_first:
            self.table.fit_columns()
            self.table.scrollToTop()
        self.counted.emit()

    def _show_details(self) -> None:
        assert self.file is not None, "the button is that of a file"
        DetailsDialog(tr("What was odd in the file"), "\n".join(map(tr, self.file.findings)), self).open()


def _odd(findings: Sequence[str]) -> str:
    if len(findings) < 2:
        return "".join(map(tr, findings))
    others = len(findings) - 1
    more = counted(others, "1 more note on the file.", "%Ln more notes on the file.")
    return f"{tr(findings[0])} {more}"


def _in_words(found: Additions) -> str:
    said = counted(len(found.added), "1 blueprint is added", "%Ln blueprints are added")
    if renamed := sum(bool(one.becomes and one.becomes.name != one.came.name) for one in found.each):
        apart = counted(renamed, "1 under another name", "%Ln under other names")
        said = tr("{added} ({apart})", added=said, apart=apart)
    if found.skipped:
        left_out = counted(len(found.skipped), "1 is left out", "%Ln are left out")
        said = tr("{added}, {left_out}", added=said, left_out=left_out)
    return f"{said}."


def _place(row: Addition) -> int:
    return row.came.position


def _becomes(row: Addition) -> str:
    if row.becomes:
        return row.becomes.name
    return tr("left out: it is here already")


def _why(row: Addition) -> str:
    if row.becomes is None:
        return tr("{name} of this course says the same", name=row.equal_to)
    if row.becomes.name != row.came.name:
        return tr("{name}: this course has another one under the name it came with", name=row.becomes.name)
    return row.becomes.name


def _columns() -> list[Column[Addition]]:
    return [
        Column(id="name", title=tr("Name"), text=lambda row: row.came.name, is_wide=True),
        Column(
            id="becomes",
            title=tr("Comes in as"),
            text=_becomes,
            tip=_why,
            colour=lambda row: "" if row.becomes else "muted",
            is_wide=True,
        ),
        Column(id="layout", title=tr("Layout"), text=lambda row: page_of(row.came)),
        Column(
            id="length",
            title=tr("Length"),
            text=lambda row: number(len(row.came.content)),
            sort=lambda row: len(row.came.content),
            tip=lambda row: length_of(row.came),
            is_number=True,
        ),
    ]
