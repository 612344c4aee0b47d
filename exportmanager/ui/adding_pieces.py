"""What a teacher brings: files, folders and repositories, each with what it was recognised as."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QStackedWidget, QWidget

from exportmanager.core.arrivals import PieceKind, PlannedPiece
from exportmanager.core.meter import Progress
from exportmanager.jobs.looking import Brought, Looking
from exportmanager.ui import theme
from exportmanager.ui.adding_words import piece_kind, short
from exportmanager.ui.kit import STEP, Elided, Text, button, column, named, row
from exportmanager.ui.picture import Picture
from exportmanager.ui.rows import Column, Rows
from exportmanager.ui.says import Says
from exportmanager.ui.table import Table
from exportmanager.ui.words import counted, tr


def name_of(thing: Brought) -> str:
    """What something that was brought is called: the name of a file, or the address of a repository."""
    return short(thing.place if thing.is_git else Path(thing.place).name or thing.place)


def _says(piece: PlannedPiece) -> str:
    """What it holds, and of which assignment or course; or why it cannot come in."""
    says, of = tr(piece.problem or piece.says), piece.assignment
    if piece.kind is PieceKind.COURSE_FOLDER:
        of = piece.course
    return tr("{of}: {says}", of=of, says=says) if of and says else of or says


def _colour(piece: PlannedPiece) -> str:
    return "warning" if piece.problem else ""


def _columns() -> list[Column[PlannedPiece]]:
    return [
        Column(id="name", title=tr("Name"), text=lambda piece: piece.name),
        Column(id="kind", title=tr("What it is"), text=lambda piece: piece_kind(piece.kind)),
        Column(id="says", title=tr("What it holds"), text=_says, colour=_colour, is_wide=True),
    ]


class DropArea(QWidget):
    """Says that files may be dropped, in a dashed frame."""

    def __init__(self) -> None:
        super().__init__()
        first = Text(tr("Drop files and folders here"), size="heading")
        second = Text(
            tr("All that you downloaded, as it came: nothing has to be unpacked, renamed or sorted."), colour="muted"
        )
        layout = column(margin=2 * STEP)
        layout.addStretch(1)
        layout.addWidget(Picture("folder", "muted", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (first, second):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(text)
        layout.addStretch(1)
        self.setLayout(layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The dashed frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colours().muted), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), STEP, STEP)
        painter.end()


class LookingBar(QWidget):
    """What is being looked at, and Stop; not there while nothing is."""

    def __init__(self, looking: Looking) -> None:
        super().__init__()
        self._looking = looking
        self.words = Elided(colour="muted")
        self.words.cut = Qt.TextElideMode.ElideMiddle
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(STEP)
        named(self._bar, tr("How far it is"), tr("How much of what you added has been looked at"))
        self.stop_button = button(
            tr("Stop"), looking.stop, icon="stop", about=tr("looks no further; what was found stays")
        )
        texts = column(self.words, self._bar, spacing=STEP // 2)
        layout = row(texts, self.stop_button)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        looking.changed.connect(self.look)
        looking.progressed.connect(self._progressed)
        self.look()

    def look(self) -> None:
        """Say what is being looked at now."""
        now = self._looking.now
        self.setVisible(now is not None)
        if now is None:
            return
        name = name_of(now)
        words = tr("Getting {name}", name=name) if now.is_git else tr("Looking at {name}", name=name)
        if more := self._looking.waiting:
            words = tr("{what}, and {more} after it", what=words, more=counted(more, "1 more", "%Ln more"))
        if words != self.words.text():
            self.words.setText(words)
            self._bar.setRange(0, 0)

    def _progressed(self, progress: Progress) -> None:
        if progress.total > 0:
            self._bar.setRange(0, 1_000)
            self._bar.setValue(round(1_000 * progress.fraction))


class Pieces(QWidget):
    """`asked_files`, `asked_folder`, `asked_git`: how the teacher wants to bring something."""

    asked_files = Signal()
    asked_folder = Signal()
    asked_git = Signal()

    def __init__(self, looking: Looking) -> None:
        super().__init__()
        self._looking = looking
        self._is_new = True
        self.files_button = button(tr("Add files..."), icon="add", about=tr("zip, CSV and other files"))
        self.folder_button = button(tr("Add folder..."), icon="folder", about=tr("a project, or all your downloads"))
        self.git_button = button(tr("Git repository..."), icon="course", about=tr("a project from the web"))
        self.files_button.clicked.connect(self.asked_files)
        self.folder_button.clicked.connect(self.asked_folder)
        self.git_button.clicked.connect(self.asked_git)
        self.rows: Rows[PlannedPiece] = Rows(_columns(), key=_key)
        self.table = Table(self.rows, tr("What you have"), tr("What you added, and what it was recognised as"))
        self.remove_button = button(tr("Remove"), self.remove, icon="remove", about=tr("what is selected"))
        self.count = Text(colour="muted")
        self.about = Says("info")
        self.bar = LookingBar(looking)
        self._pages = QStackedWidget()
        self._pages.addWidget(DropArea())
        self._pages.addWidget(self.table)
        self._arrange()
        self._connect()
        self.show_pieces()

    def _arrange(self) -> None:
        top = column(Text(tr("What you have"), size="heading"), self.count, spacing=STEP // 2)
        buttons = row(self.files_button, self.folder_button, self.git_button)
        buttons.addStretch(1)
        buttons.addWidget(self.remove_button)
        layout = column(top, buttons)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.about)
        layout.addWidget(self.bar)
        self.setLayout(layout)
        self._pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._pages.setMinimumHeight(18 * STEP)

    def _connect(self) -> None:
        self.table.picked.connect(self._picked)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.remove)
        self._looking.changed.connect(self.show_pieces)

    # What there is

    def show_pieces(self) -> None:
        """Show what was recognised so far, and under it what was refused."""
        pieces = [*(self._looking.plan.pieces if self._looking.plan else ()), *self._refused()]
        self.rows.set_rows(pieces)
        self._pages.setCurrentIndex(1 if pieces else 0)
        self._say_count(pieces)
        if pieces and self._is_new:
            self._is_new = False
            self.table.fit_columns()
        self._picked()

    def _say_count(self, pieces: Sequence[PlannedPiece]) -> None:
        wrong = sum(bool(piece.problem) for piece in pieces)
        right = len(pieces) - wrong
        said = [counted(right, "1 was recognised", "%Ln were recognised")]
        if wrong:
            said.append(counted(wrong, "1 was not", "%Ln were not"))
        self.count.setText(", ".join(said) if pieces else tr("Nothing yet"))

    def _refused(self) -> Sequence[PlannedPiece]:
        return [
            PlannedPiece(
                place=place,
                name=Path(place).name or place,
                kind=PieceKind.UNKNOWN,
                problem=f"{tr(problem.what)} {tr(problem.next_step)}".strip(),
            )
            for place, problem in self._looking.refused.items()
        ]

    @property
    def kinds(self) -> set[PieceKind]:
        """What is among the pieces that can come in."""
        return {piece.kind for piece in self.rows.shown if not piece.problem}

    def _picked(self) -> None:
        chosen = self.table.chosen()
        self.remove_button.setVisible(bool(self.rows.total))
        self.remove_button.setEnabled(bool(chosen))
        if len(chosen) == 1:
            self._say(chosen[0])
        else:
            problems = [piece for piece in self.rows.shown if piece.problem]
            self._say(problems[0]) if len(problems) == 1 else self.about.say("")

    def _say(self, piece: PlannedPiece) -> None:
        """Say all of what a column may have no room for."""
        words = tr("{name}: {says}", name=short(piece.name), says=short(_says(piece), 300)) if _says(piece) else ""
        self.about.say(words, "problem" if piece.problem else "info")

    def remove(self) -> None:
        """Leave out what is selected, with all that came from the same place."""
        places = dict.fromkeys(piece.place for piece in self.table.chosen())
        self._looking.forget(*places)


def _key(piece: PlannedPiece) -> tuple[str, str]:
    return piece.place, piece.name
