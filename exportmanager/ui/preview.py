"""How the table or document will begin that an export writes: read anew while options change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QTableView, QWidget

from exportmanager.core.course import CourseId
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.export import ExportKind, PagesPreview, Preview
from exportmanager.core.options import Options
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.forecast import Foreseeing, begin
from exportmanager.ui.kit import STEP, Text, button, column, named, row, tip_of
from exportmanager.ui.pdf_file import PdfFile
from exportmanager.ui.pdf_view import PdfView
from exportmanager.ui.rows import first_line
from exportmanager.ui.words import counted, tr

_NARROW, _WIDE = 48, 260
_ROOM = 20
"""Pixels of a column, and those beside its text."""
_LETTERS = 80
"""More than the widest column can show."""
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class PreviewRows(QAbstractTableModel):
    """The cells of a preview, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.preview = Preview((), ())

    def show_preview(self, preview: Preview) -> None:
        """Show another one; what stays in place is patched."""
        before, self.preview = self.preview, preview
        if before.columns != preview.columns or len(before.rows) != len(preview.rows):
            self.beginResetModel()
            self.endResetModel()
        elif before.rows != preview.rows and preview.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(preview.rows) - 1, len(preview.columns) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.preview.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.preview.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> str | int | None:
        """The title of a column, or the number of a row."""
        if role not in {_Role.DisplayRole, _Role.ToolTipRole}:
            return None
        return self.preview.columns[section] if orientation is Qt.Orientation.Horizontal else section + 1

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> str | None:
        """The first line of a cell; its tooltip has all of it where that is more."""
        text = self.preview.rows[index.row()][index.column()]
        if role == _Role.DisplayRole:
            return first_line(text)
        if role == _Role.ToolTipRole:
            return tip_of(text) or None
        return None


class PreviewTable(QTableView):
    """Shows `PreviewRows`; what is selected is copied as tab-separated text."""

    def __init__(self, rows: PreviewRows) -> None:
        super().__init__()
        self.rows = rows
        self.setModel(rows)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table; arrows move in it
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + STEP)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        named(self, tr("Preview"), tr("The first rows of the table that will be written; arrow keys move in it"))
        copying = QAction(tr("Copy"), self)
        copying.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copying.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copying.triggered.connect(self.copy_selected)
        self.addAction(copying)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        rows.modelReset.connect(self._fit)

    def _fit(self) -> None:
        """Give each column the room that its title and its longest text need, within reason."""
        metrics, preview = self.fontMetrics(), self.rows.preview
        for n, title in enumerate(preview.columns):
            longest = max((first_line(cells[n][:_LETTERS]) for cells in preview.rows), key=len, default="")
            needed = max(map(metrics.horizontalAdvance, (title, longest))) + _ROOM
            self.setColumnWidth(n, max(_NARROW, min(_WIDE, needed)))

    def copy_selected(self) -> None:
        """Copy the selected cells."""
        cells = sorted((index.row(), index.column()) for index in self.selectionModel().selectedIndexes())
        lines: dict[int, list[str]] = {}
        for line, place in cells:
            lines.setdefault(line, []).append(self.rows.preview.rows[line][place])
        _copy(list(lines.values()))

    def copy_all(self) -> None:
        """Copy all of it, with the titles of the columns."""
        _copy([self.rows.preview.columns, *self.rows.preview.rows])


def _copy(lines: Sequence[Sequence[str]]) -> None:
    text = "\n".join("\t".join(" ".join(cell.replace("\t", " ").splitlines()) for cell in line) for line in lines)
    QGuiApplication.clipboard().setText(text)


@dataclass(frozen=True, slots=True)
class _Document:
    """A preview of pages, and the same to be drawn."""

    bytes: bytes
    says: str
    file: PdfFile


def _look_ahead(program: Program, kind: ExportKind, course: CourseId, options: Options) -> Preview | _Document | None:
    found = begin(program, kind, course, options)
    return _Document(found.pdf, found.says, PdfFile(found.pdf)) if isinstance(found, PagesPreview) else found


class PreviewPage(QWidget):
    """The preview of an export. `told` says whether there is one: not every export is a table or a document.

    It is read when it can be seen, and once before that, to know whether there is one; a document always has one.
    """

    told = Signal(bool)

    def __init__(self, desk: Desk, kind: ExportKind, course: CourseId) -> None:
        super().__init__()
        self._desk = desk
        self._options: Options | None = None
        self._is_document = kind.suffix == ".pdf"
        self._is_known = False
        self.foreseeing = Foreseeing(desk, partial(_look_ahead, desk.program, kind, course), self)
        self.rows = PreviewRows()
        self.table = PreviewTable(self.rows)
        about = tr("these rows, for a spreadsheet or mail")
        self.document = PdfView(desk, only_pages=True)
        self._bytes = b""
        self.heading = Text(colour="muted")
        self.copy_button = button(tr("Copy all"), self.table.copy_all, icon="copy", about=about)
        self.problem = Text(colour="muted")
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._pages = QStackedWidget()
        self._arrange()
        self.foreseeing.known.connect(self._show)
        self.foreseeing.failed.connect(self._fail)

    def _arrange(self) -> None:
        for page in (self.problem, self.table, self.document):
            self._pages.addWidget(page)
        top = row(self.heading, self.copy_button)
        top.setStretch(0, 1)
        if self._is_document:
            self.copy_button.hide()
        layout = column(top, margin=STEP)
        layout.addWidget(self._pages, 1)
        self.setLayout(layout)

    def ask(self, options: Options | None) -> None:
        """Show what these options give; None: they do not fit together."""
        self._options = options
        if options is None:
            self.foreseeing.ask(None)
            self._say(tr("It appears here as soon as the options fit."))
        elif self.isVisible() or not (self._is_known or self._is_document):
            if self._is_document:
                self._say_drawing()
            self.foreseeing.ask(options)
        elif self._is_document:
            self.told.emit(True)

    def ask_again(self) -> None:
        """Something else may have changed: the course, the settings."""
        self.ask(self._options)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what the newest options give."""
        super().showEvent(event)
        self.ask(self._options)

    def _say_drawing(self) -> None:
        """Pages that are there stay until the new ones come."""
        words = tr("Drawing the first pages ...")
        if self._pages.currentWidget() is self.document:
            self.heading.setText(words)
        else:
            self._say(words)

    def _say(self, sentence: str) -> None:
        self.heading.setText("")
        self.problem.setText(sentence)
        self.copy_button.setEnabled(False)
        self._pages.setCurrentWidget(self.problem)

    def _show(self, preview: Preview | _Document | None) -> None:
        self._is_known = True
        self.told.emit(preview is not None)
        if isinstance(preview, Preview):
            self.rows.show_preview(preview)
            self.heading.setText(_heading(preview))
            self.copy_button.setEnabled(True)
            self._pages.setCurrentWidget(self.table)
        elif preview is not None:
            self._show_document(preview)

    def _show_document(self, document: _Document) -> None:
        if document.bytes != self._bytes:
            self._bytes = document.bytes
            self.document.show_file(document.file, keep_place=True)
        self.heading.setText(tr(document.says))
        self._pages.setCurrentWidget(self.document)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ProblemForTeacher):
            self._say(f"{tr(error.what)} {tr(error.next_step)}".strip())
        else:  # our bug; the export itself may work all the same
            self._say(tr("The preview could not be made."))
            self._desk.went_wrong.emit(error)


def _heading(preview: Preview) -> str:
    if not preview.rows:
        return tr("Nothing fits these options: the table will hold its headings, and no rows.")
    count = len(preview.rows)
    if preview.name:
        said = counted(count, "The first row of {name}", "The first %Ln rows of {name}")
        return said.format(name=preview.name)
    return counted(count, "The first row, as it will be written", "The first %Ln rows, as they will be written")
