"""What came of an import: what it was made of, what is new and what was as before, what disagreed, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from exportmanager.core.report import Change, Difference, Gap, ImportReport, Piece
from exportmanager.ui.adding_words import piece_kind, short, thing_title
from exportmanager.ui.kit import STEP, Empty, Text, button, column, line, named, row
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.sheet import SearchField, Sheet, shown_of
from exportmanager.ui.table import Table
from exportmanager.ui.words import counted, moment, number, tr


class _Part(QWidget):
    """A sentence, and a table under it; a long one can be searched."""

    def __init__(self, title: str, columns: Sequence[Column], values: Sequence, about: str, nothing: Empty) -> None:
        super().__init__()
        self.rows: Rows = Rows(columns, key=_place)
        self.rows.set_rows(list(enumerate(values)))
        self.table = Table(self.rows, title, about)
        self.sheet = Sheet(self.table, nothing)
        self._all = about
        self.about = Text(about, colour="muted")
        layout = column(self.about, margin=STEP)
        if len(values) > _FEW:
            self._add_search(layout)
        layout.addWidget(self.sheet, 1)
        self.setLayout(layout)
        self.table.fit_columns()

    def _add_search(self, layout) -> None:
        self.search = SearchField(tr("Search"), tr("Shows the rows in which every word stands"))
        self.search.textChanged.connect(self.rows.filter)
        self.search.left.connect(self.sheet.enter)
        self.sheet.cleared.connect(self.search.clear)
        self.rows.arranged.connect(self._say_count)
        layout.addWidget(self.search)

    def _say_count(self) -> None:
        self.about.setText(shown_of(self.rows, self._all))


_FEW = 20
"""Rows that need no search."""


def _place(numbered: tuple[int, object]) -> int:
    """The same words may stand there twice: each row is itself by its place."""
    return numbered[0]


def _number(name: str, title: str, value) -> Column:
    """Numbers; nothing stands where there is none, so that those catch the eye that are."""
    return Column(
        id=name, title=title, text=lambda n: number(value(n[1]) or None), sort=lambda n: value(n[1]), is_number=True
    )


def _change_columns() -> list[Column[tuple[int, Change]]]:
    return [
        Column(id="thing", title=tr("What"), text=lambda n: thing_title(n[1].thing), is_wide=True),
        _number("read", tr("Came"), lambda change: change.read),
        _number("added", tr("New"), lambda change: change.added),
        _number("changed", tr("Changed"), lambda change: change.changed),
        _number("unchanged", tr("As before"), lambda change: change.unchanged),
        _number("kept", tr("Only in the library"), lambda change: change.kept),
    ]


def _piece_columns() -> list[Column[tuple[int, Piece]]]:
    return [
        Column(id="kind", title=tr("What it is"), text=lambda n: piece_kind(n[1].kind)),
        Column(id="name", title=tr("Name"), text=lambda n: n[1].name, is_wide=True),
    ]


def _difference_columns() -> list[Column[tuple[int, Difference]]]:
    return [
        Column(id="thing", title=tr("What"), text=lambda n: thing_title(n[1].thing)),
        Column(id="who", title=tr("Of whom"), text=lambda n: n[1].who, is_wide=True),
        Column(id="field", title=tr("Field"), text=lambda n: tr(n[1].field.replace("_", " "))),
        Column(id="before", title=tr("Before"), text=lambda n: n[1].before),
        Column(id="now", title=tr("Now"), text=lambda n: n[1].now),
    ]


def _gap_columns() -> list[Column[tuple[int, Gap]]]:
    return [
        Column(id="who", title=tr("Who"), text=lambda n: n[1].who),
        Column(id="what", title=tr("What"), text=lambda n: tr(n[1].what)),
        Column(id="why", title=tr("Why"), text=lambda n: tr(n[1].why), is_wide=True),
    ]


class ImportReportDialog(QDialog):
    """Shows a report; `at` is when that import was, where it is not the one that has just ended."""

    def __init__(self, report: ImportReport, at: datetime | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Last import") if at else tr("Import"))
        self._report = report
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        named(self.tabs, tr("Parts of the report"), tr("What came, what disagreed and what is missing"))
        self.copy_button = button(tr("Copy all"), self.copy, icon="copy", about=tr("the report, for a spreadsheet"))
        self.parts = list(self._parts())
        buttons = row(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Close"), self.accept, is_default=True))
        layout = column(Text(short(report.course_title, 200), size="heading"), margin=2 * STEP)
        if at:
            layout.addWidget(Text(tr("Taken in {moment}", moment=moment(at)), colour="muted"))
        layout.addWidget(self.tabs, 1)
        layout.addWidget(line())
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.resize(880, 540)
        self.tabs.setFocus()

    def _parts(self):
        report = self._report
        yield self._changes()
        if report.pieces:
            about = counted(len(report.pieces), "It was made of 1 file or folder.",
                            "It was made of %Ln files and folders.")  # fmt: skip
            yield self._tab(tr("Files"), _piece_columns(), report.pieces, about)
        if report.differences:
            yield self._tab(_with_count(tr("Disagreed"), report.different), _difference_columns(), report.differences,
                            self._about_differences())  # fmt: skip
        if report.gaps:
            about = counted(len(report.gaps), "1 thing is missing.", "%Ln things are missing.")
            yield self._tab(_with_count(tr("Missing"), len(report.gaps)), _gap_columns(), report.gaps, about)

    def _changes(self) -> _Part:
        changes = [change for change in self._report.changes if change.read or change.kept]
        if self._report.changed_anything:
            about = tr("What came in. Nothing was deleted: what did not come this time stays as it was.")
        else:
            about = tr("The library had all of it already: nothing has changed.")
        return self._tab(tr("What came"), _change_columns(), changes, about)

    def _about_differences(self) -> str:
        listed, all_of_them = len(self._report.differences), self._report.different
        about = tr("The library said otherwise than what came in; what came in stands there now.")
        if all_of_them <= listed:
            return about
        first = tr("These are the first {listed} of {all}.", listed=number(listed), all=number(all_of_them))
        return f"{about} {first}"

    def _tab(self, title: str, columns: Sequence[Column], values: Sequence, about: str) -> _Part:
        part = _Part(title, columns, values, about, Empty(title, tr("There is nothing to show.")))
        self.tabs.addTab(part, title)
        return part

    def copy(self) -> None:
        """Copy all tables as tab-separated lines, each with its headings."""
        lines: list[str] = []
        for part in self.parts:
            lines.append("\t".join(column.title for column in part.rows.columns))
            lines += [
                "\t".join(" ".join(column.text(found).split()) for column in part.rows.columns)
                for found in part.rows.shown
            ]
            lines.append("")
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copy_button.setText(tr("Copied"))


def _with_count(title: str, count: int) -> str:
    return tr("{title} ({number})", title=title, number=number(count))
