"""What is missing in an export or an import: who, what and why, and apart from it what was left out on purpose."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from exportmanager.core.report import Gap
from exportmanager.ui.job_words import notes_in_words
from exportmanager.ui.kit import STEP, Text, button, column, labelled, row
from exportmanager.ui.table import Column, Rows, Table
from exportmanager.ui.words import counted, tr


def _who(gap: Gap) -> str:
    return gap.who


def _what(gap: Gap) -> str:
    return tr(gap.what)


def _why(gap: Gap) -> str:
    return tr(gap.why)


def _columns() -> list[Column[Gap]]:
    return [
        Column(id="who", title=tr("Who"), text=_who),
        Column(id="what", title=tr("What"), text=_what),
        Column(id="why", title=tr("Why"), text=_why, is_wide=True),
    ]


class GapList(QWidget):
    """A heading and its table of gaps."""

    def __init__(self, heading: str, gaps: Sequence[Gap], about: str = "") -> None:
        super().__init__()
        self.rows: Rows[Gap] = Rows(_columns(), _numbered(gaps))
        self.rows.set_rows(gaps)
        self.table = Table(self.rows, heading, about)
        self.table.fit_columns()
        self.table.setMinimumHeight(15 * STEP)
        title = Text(heading, size="heading")
        layout = column(title, spacing=STEP // 2)
        layout.addWidget(self.table, 1)
        self.setLayout(layout)


def _numbered(gaps: Sequence[Gap]):
    """The same words may stand there twice: each gap is itself by its place."""
    places = {id(gap): n for n, gap in enumerate(gaps)}

    def place(gap: Gap) -> int:
        return places[id(gap)]

    return place


class GapsDialog(QDialog):
    """Lists `gaps`, and apart those that options or the course's rule left out; filtered while typing, and copied.

    `notes` are sentences of the same report that stand above them.
    """

    def __init__(
        self, title: str, gaps: Sequence[Gap], parent: QWidget | None = None, notes: Sequence[str] = ()
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("What is missing"))
        self._title = title
        self.filter = QLineEdit()
        self.filter.setClearButtonEnabled(True)
        self.filter.setPlaceholderText(tr("Name, assignment or reason"))
        self.filter.textChanged.connect(self._filter)
        self.lists = self._lists(gaps)
        layout = column(margin=2 * STEP)
        layout.addWidget(Text(title))
        if notes:
            layout.addWidget(Text(notes_in_words(notes), colour="muted"))
        layout.addLayout(self._search())
        for part in self.lists:
            layout.addWidget(part, max(1, min(4, part.rows.total)))
        layout.addLayout(self._buttons())
        self.setLayout(layout)
        self.resize(760, 480)
        self.filter.setFocus()

    def _lists(self, gaps: Sequence[Gap]) -> list[GapList]:
        missing = [gap for gap in gaps if not gap.chosen]
        left_out = [gap for gap in gaps if gap.chosen]
        lists = []
        if missing or not left_out:
            heading = counted(len(missing), "1 gap", "%Ln gaps")
            lists.append(GapList(heading, missing, tr("What was expected and is not there")))
        if left_out:
            heading = tr("{number} by your options or the course's rule",
                         number=counted(len(left_out), "1 left out", "%Ln left out"))  # fmt: skip
            lists.append(GapList(heading, left_out))
        return lists

    def _search(self):
        layout = row(labelled(tr("&Filter"), self.filter, tr("Shows only lines that hold these words")))
        layout.addWidget(self.filter, 1)
        return layout

    def _buttons(self):
        self.copy_button = button(
            tr("Copy all"), self.copy, icon="copy", about=tr("the list, for a spreadsheet or mail")
        )
        layout = row(self.copy_button)
        layout.addStretch(1)
        layout.addWidget(button(tr("Close"), self.accept, is_default=True))
        return layout

    def _filter(self, text: str) -> None:
        for part in self.lists:
            part.rows.filter(text)

    def copy(self) -> None:
        """Copy what the filter shows, as tab-separated lines."""
        lines = [_line(tr("Who"), tr("What"), tr("Why"), tr("Missing or left out"))]
        for part in self.lists:
            lines += [
                _line(_who(gap), _what(gap), _why(gap), tr("left out") if gap.chosen else tr("missing"))
                for gap in part.rows.shown
            ]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.copy_button.setText(tr("Copied"))


def _line(*cells: str) -> str:
    return "\t".join(" ".join(cell.split()) for cell in cells)
