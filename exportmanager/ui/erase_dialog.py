"""Shows what goes when one student is erased for good, and asks for the name to be typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from exportmanager.archive.decrypting import is_encrypted
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erasure
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.overview import StudentOverview
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.archive_passphrase import PassphraseLine
from exportmanager.ui.archive_words import from_shelf, sentences
from exportmanager.ui.fact_grid import FactGrid
from exportmanager.ui.kit import STEP, Text, button, column, labelled, line, row
from exportmanager.ui.option_inputs import Switch
from exportmanager.ui.restore_words import facts_of_erasure
from exportmanager.ui.says import Says
from exportmanager.ui.tick_list import TickList
from exportmanager.ui.tick_rows import Tickable
from exportmanager.ui.words import tr

_ROWS = 6
"""Rows of a tick list that are in sight at least, if it is not told otherwise."""


@dataclass(frozen=True, slots=True)
class EraseWish:
    """Who is to be erased, and from which archives too; these are removed where the new ones replace them."""

    course: CourseId
    student: StudentId
    archives: tuple[Path, ...] = ()
    replaces: bool = False
    passphrase: str | None = None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What goes; which of the archives are there, and which of these need a passphrase."""

    erasure: Erasure
    there: frozenset[Path]
    encrypted: frozenset[Path]


def _look(program: Program, course: CourseId, student: StudentId) -> _Ahead:
    erasure = program.erasing.going(course, student)
    there = frozenset(path for path in erasure.archives if path.exists())
    return _Ahead(erasure, there, frozenset(path for path in there if path.is_file() and is_encrypted(path)))


class EraseDialog(QDialog):
    """`asked` carries an `EraseWish`; the shelf shows the rest. Shown with `open()`."""

    asked = Signal(object)

    def __init__(
        self, desk: Desk, course: CourseId, students: Sequence[StudentOverview], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Erase a student"))
        self._desk, self._course = desk, course
        self._ahead: _Ahead | None = None
        self._trouble = ""
        self.archives: TickList | None = None
        self._make(students)
        self._arrange()
        self._connect()
        self._chosen()

    # How it looks

    def _make(self, students: Sequence[StudentOverview]) -> None:
        self.which = QComboBox()
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.setMinimumContentsLength(30)
        self.which.addItem(tr("Choose a student"), "")
        for person in sorted(students, key=_name):
            student = person.student
            words = f"{student.name} ({student.username})" if student.username else student.name
            self.which.addItem(words, student.id)
        self.facts = FactGrid()
        self.from_shelf = Text(colour="muted")
        self.replaces = Switch(tr("Remove the old archives once the new ones are whole"))
        self.replaces.setAccessibleDescription(tr("Without it they stay, with the student in them"))
        self.passphrase = PassphraseLine()
        self.word = QLineEdit()
        self.word.setMinimumWidth(36 * STEP)
        self.says = Says("info")
        self.says.setAccessibleName(tr("What will happen"))
        self.erase_button = button(tr("Erase for good"), self.erase, icon="remove", about=tr("nothing brings it back"))
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes without erasing"))

    def _arrange(self) -> None:
        box = QDialogButtonBox()
        box.addButton(self.erase_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.erase_button.setDefault(True)
        about = tr(
            "For requests that somebody's data be erased. All that is theirs goes at once, in every course of the "
            "library and in the trash, and nothing brings it back."
        )
        who = row(labelled(tr("&Student"), self.which, tr("Who is to be erased")), self.which, spacing=2 * STEP)
        who.setStretch(1, 1)
        layout = column(Text(about), margin=2 * STEP, spacing=STEP + STEP // 2)
        layout.addLayout(who)
        layout.addWidget(self._scrolled(), 1)
        layout.addWidget(line())
        layout.addLayout(self._typing())
        layout.addWidget(self.says)
        layout.addWidget(box)
        self.setLayout(layout)
        self.resize(780, 680)

    def _scrolled(self) -> QScrollArea:
        self._inside = column(self.facts, self.from_shelf, spacing=2 * STEP)
        self._passphrase_label = labelled(tr("&Passphrase"), self.passphrase, tr("That of the archives"))
        secret = row(self._passphrase_label, self.passphrase)
        secret.addStretch(1)
        self._inside.addWidget(self.replaces)
        self._inside.addLayout(secret)
        self._inside.addStretch(1)
        widget = QWidget()
        widget.setLayout(self._inside)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(widget)
        return scroll

    def _typing(self) -> QVBoxLayout:
        self.asked_for = Text()
        field = row(labelled(tr("&Type the name"), self.word, tr("The student's name, letter by letter")), self.word)
        field.addStretch(1)
        return column(self.asked_for, field)

    def _connect(self) -> None:
        self.which.currentIndexChanged.connect(self._chosen)
        self.word.textChanged.connect(self._typed)
        self.passphrase.textChanged.connect(self._typed)

    # Who, and what goes

    def choose(self, student: StudentId) -> None:
        """Choose somebody."""
        self.which.setCurrentIndex(self.which.findData(student))

    @property
    def student(self) -> StudentId:
        """Who is chosen; "" for nobody."""
        return StudentId(self.which.currentData())

    def _chosen(self, _: int = 0) -> None:
        self._ahead, self._trouble = None, ""
        self.word.clear()
        self._show(None)
        if student := self.student:
            work = partial(_look, self._desk.program, self._course, student)
            self._desk.background.ask(self, work, partial(self._known, student), partial(self._fail, student))
        self._say()

    def _known(self, student: StudentId, ahead: _Ahead) -> None:
        if student == self.student:
            self._ahead = ahead
            self._show(ahead)
            self._say()

    def _fail(self, student: StudentId, error: Exception) -> None:
        if student != self.student:
            return
        if isinstance(error, ProblemForTeacher):
            self._trouble = sentences(error)
        else:
            self._trouble = tr("Something in this program went wrong. Nothing was erased.")
            self._desk.went_wrong.emit(error)
        self._say()

    def _show(self, ahead: _Ahead | None) -> None:
        self.facts.show_facts(list(facts_of_erasure(ahead.erasure)) if ahead else [])
        self.from_shelf.setText(from_shelf(ahead.erasure.shelf) if ahead else "")
        self.from_shelf.setVisible(bool(self.from_shelf.text()))
        self.asked_for.setText(tr("To say that you mean it, type the name: {name}", name=self._word) if ahead else "")
        if self.archives is not None:
            self._inside.removeWidget(self.archives)
            self.archives.deleteLater()
            self.archives = None
        if ahead and ahead.erasure.archives:
            self.archives = _archive_ticks(ahead)
            self.archives.changed.connect(self._typed)
            self._inside.insertWidget(1, self.archives)
            self.archives.come_after(self.which)
        self.replaces.setVisible(self.archives is not None)

    @property
    def _word(self) -> str:
        people = self._ahead.erasure.people if self._ahead else ()
        return next((person.name for person in people if person.course == self._course), "")

    @property
    def _ticked(self) -> tuple[Path, ...]:
        return tuple(map(Path, self.archives.rows.ticked)) if self.archives else ()

    # What can be done now

    def _typed(self) -> None:
        self._trouble = ""
        self._say()

    def _say(self) -> None:
        needs_passphrase = bool(self._ahead and self._ahead.encrypted & set(self._ticked))
        self._passphrase_label.setVisible(needs_passphrase)
        self.passphrase.setVisible(needs_passphrase)
        reason = self._reason(needs_passphrase=needs_passphrase)
        self.erase_button.setEnabled(not reason and not self._trouble)
        self.says.say(self._trouble or reason, "problem" if self._trouble else "info")

    def _reason(self, *, needs_passphrase: bool) -> str:
        """Why nobody can be erased now; "" where somebody can."""
        if not self.student:
            return tr("Choose who is to be erased.")
        if self._ahead is None:
            return tr("Looking at what would go ...")
        if away := [path.name for path in self._ticked if path not in self._ahead.there]:
            return tr("Connect the disk of {name} first, or do not tick it.", name=away[0])
        if needs_passphrase and not self.passphrase.text():
            return tr("Type the passphrase of the archive.")
        if self.word.text().strip() != self._word:
            return tr("Type {name} to erase this student.", name=self._word)
        return ""

    def erase(self) -> None:
        """Ask for it, and close."""
        if not self.erase_button.isEnabled():
            return
        secret = None if self.passphrase.isHidden() else self.passphrase.text()
        wish = EraseWish(self._course, self.student, self._ticked, self.replaces.value(), secret)
        self.accept()
        self.asked.emit(wish)


def _name(person: StudentOverview) -> str:
    return person.student.name.casefold()


def _archive_ticks(ahead: _Ahead) -> TickList:
    away, stays = tr("its disk is away"), ""
    things = [Tickable(str(path), path.name, stays if path in ahead.there else away) for path in ahead.erasure.archives]
    ticks = TickList(
        tr("Erase from these archives too"), things,
        help=tr("Each that is ticked is made anew without the student, beside the old one"), nothing="", empty="",
    )  # fmt: skip
    ticks.set_value(())
    high = ticks.view.minimumHeight() * min(max(len(things), 2), _ROWS) // _ROWS
    ticks.view.setMinimumHeight(high)
    ticks.view.setMaximumHeight(high)
    return ticks
