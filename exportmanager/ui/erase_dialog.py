"""Shows what goes when one student is erased for good, and asks for the name to be typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from exportmanager.archive.decrypting import is_encrypted
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.erasing import Erasure
from exportmanager.core.overview import StudentOverview
from exportmanager.erasing import check_archive
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui.adding_asking import downloads
from exportmanager.ui.archive_passphrase import PassphraseLine
from exportmanager.ui.archive_picker import ask_for_archive
from exportmanager.ui.archive_words import called
from exportmanager.ui.going_dialog import GoingDialog
from exportmanager.ui.kit import STEP, Text, button, labelled, row
from exportmanager.ui.option_inputs import Switch
from exportmanager.ui.restore_words import facts_of_erasure
from exportmanager.ui.room import make_room
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


def _look(program: Program, course: CourseId, student: StudentId, added: tuple[Path, ...]) -> _Ahead:
    erasure = program.erasing.going(course, student)
    erasure = replace(erasure, archives=tuple(dict.fromkeys((*erasure.archives, *added))))
    there = frozenset(path for path in erasure.archives if path.exists())
    return _Ahead(erasure, there, frozenset(path for path in there if path.is_file() and is_encrypted(path)))


class EraseDialog(GoingDialog):
    """`asked` carries an `EraseWish`; the shelf shows the rest. Shown with `open()`."""

    asked = Signal(object)

    def __init__(
        self, desk: Desk, course: CourseId, students: Sequence[StudentOverview], parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, tr("Erase a student"), tr("Erase for good"), parent)
        self._course = course
        self._ahead: _Ahead | None = None
        self._added: tuple[Path, ...] = ()
        self.archives: TickList | None = None
        self.word_label.setText(tr("&Type the name"))
        self._make(students)
        self.which.currentIndexChanged.connect(self._chosen)
        self.passphrase.textChanged.connect(self.changed)
        self.confirmed.connect(self._erase)
        make_room(self, 780, 680)
        self._chosen()

    def _make(self, students: Sequence[StudentOverview]) -> None:
        self.which = _choice_of(students)
        who = row(labelled(tr("&Student"), self.which, tr("Who is to be erased")), self.which, spacing=2 * STEP)
        who.setStretch(1, 1)
        self.top.addWidget(Text(_about()))
        self.top.addLayout(who)
        self.replaces = Switch(tr("Remove the old archives once the new ones are whole"))
        self.replaces.setAccessibleDescription(tr("Without it they stay, with the student in them"))
        self.passphrase = PassphraseLine()
        self._passphrase_label = labelled(tr("&Passphrase"), self.passphrase, tr("That of the archives"))
        secret = row(self._passphrase_label, self.passphrase)
        secret.addStretch(1)
        menu = QMenu(self)
        menu.addAction(tr("&Zip file...")).triggered.connect(self._choose_file)
        menu.addAction(tr("&Folder...")).triggered.connect(self._choose_folder)
        self.another_button = button(tr("Another archive..."), icon="add", about=tr("one that is not listed"))
        self.another_button.setMenu(menu)
        another = row(self.another_button)
        another.addStretch(1)
        self.inside.addLayout(another)
        self.inside.addWidget(self.replaces)
        self.inside.addLayout(secret)
        self.come_first(self.which, self.another_button, self.replaces, self.passphrase)
        self.inside.addStretch(1)

    # Who, and what goes

    def choose(self, student: StudentId) -> None:
        """Choose somebody."""
        self.which.setCurrentIndex(self.which.findData(student))

    @property
    def student(self) -> StudentId:
        """Who is chosen; "" for nobody."""
        return StudentId(self.which.currentData())

    def _chosen(self, _: int = 0) -> None:
        self._ahead, self._added = None, ()
        self.word.clear()
        self._show(None)
        if student := self.student:
            self._ask(student)
        self.changed()

    def _ask(self, student: StudentId, ticked: tuple[Path, ...] = ()) -> None:
        """Look what would go, and have these archives ticked."""
        work = partial(_look, self._desk.program, self._course, student, self._added)
        then = partial(self._known, student, ticked)
        self._desk.background.ask(self, work, then, partial(self._fail, student))

    def _known(self, student: StudentId, ticked: tuple[Path, ...], ahead: _Ahead) -> None:
        if student == self.student:
            self._ahead = ahead
            self._show(ahead)
            if self.archives is not None:
                self.archives.set_value(list(map(str, ticked)))
            self.look()

    def _fail(self, student: StudentId, error: Exception) -> None:
        if student == self.student:
            self.fault(error, tr("Something in this program went wrong. Nothing was erased."))

    def _show(self, ahead: _Ahead | None) -> None:
        self.show_what_goes(*((list(facts_of_erasure(ahead.erasure)), ahead.erasure.shelf) if ahead else ((), ())))
        name = next((one.name for one in ahead.erasure.people if one.course == self._course), "") if ahead else ""
        sentence = tr("To say that you mean it, type the name: {name}", name=name) if name else ""
        self.ask_for(sentence, name, tr("This is not the name of the student."))
        if self.archives is not None:
            self.inside.removeWidget(self.archives)
            self.archives.deleteLater()
            self.archives = None
        if ahead and ahead.erasure.archives:
            self.archives = _archive_ticks(ahead)
            self.archives.changed.connect(self.changed)
            self.inside.insertWidget(2, self.archives)
            self.archives.come_after(self.which)
        self.replaces.setVisible(self.archives is not None)
        self.another_button.setEnabled(ahead is not None)

    # Another archive

    def _choose_file(self, _: bool = False) -> None:
        ask_for_archive(self, self._start(), self.add_archive)

    def _choose_folder(self, _: bool = False) -> None:
        ask_for_archive(self, self._start(), self.add_archive, is_folder=True)

    def _start(self) -> str:
        """Where the other archives lie."""
        archives = self._ahead.erasure.archives if self._ahead else ()
        return str(archives[0].parent) if archives else downloads()

    def add_archive(self, path: str) -> None:
        """Offer one more archive, which is ticked, if it is one."""
        student, archive = self.student, Path(path).absolute()
        then = partial(self._add, student, archive)
        self._desk.background.ask(self, partial(check_archive, archive), then, partial(self._fail, student))

    def _add(self, student: StudentId, archive: Path, _: None) -> None:
        if student == self.student:
            self._added = (*self._added, archive)
            self._trouble = ""
            self._ask(student, (*self._ticked, archive))

    @property
    def _ticked(self) -> tuple[Path, ...]:
        return tuple(map(Path, self.archives.rows.ticked)) if self.archives else ()

    # What can be done now

    def reason(self) -> str:
        """Why nobody can be erased now."""
        needs_passphrase = bool(self._ahead and self._ahead.encrypted & set(self._ticked))
        self._passphrase_label.setVisible(needs_passphrase)
        self.passphrase.setVisible(needs_passphrase)
        self.replaces.setEnabled(bool(self._ticked))
        if not self.student:
            return tr("Choose who is to be erased.")
        if self._ahead is None:
            return tr("Looking at what would go ...")
        if away := [called(path.name) for path in self._ticked if path not in self._ahead.there]:
            return tr("Connect the disk of {name} first, or do not tick it.", name=away[0])
        if needs_passphrase and not self.passphrase.text():
            return tr("Type the passphrase of the archive.")
        return ""

    def _erase(self) -> None:
        """Ask for it, and close."""
        secret = None if self.passphrase.isHidden() else self.passphrase.text()
        wish = EraseWish(self._course, self.student, self._ticked, self.replaces.value(), secret)
        self.accept()
        self.asked.emit(wish)


def _about() -> str:
    return tr(
        "For requests that somebody's data be erased. All that is theirs goes at once, in every course of the "
        "library and in the trash, and nothing brings it back."
    )


def _choice_of(students: Sequence[StudentOverview]) -> QComboBox:
    made = QComboBox()
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(30)
    made.addItem(tr("Choose a student"), "")
    for person in sorted(students, key=_name):
        student = person.student
        words = f"{student.name} ({student.username})" if student.username else student.name
        made.addItem(words, student.id)
    return made


def _name(person: StudentOverview) -> str:
    return person.student.name.casefold()


def _archive_ticks(ahead: _Ahead) -> TickList:
    things = [Tickable(str(path), called(path.name), _note(path, ahead)) for path in ahead.erasure.archives]
    ticks = TickList(
        tr("Erase from these archives too"), things,
        help=tr("Each that is ticked is made anew without the student, beside the old one"), nothing="", empty="",
    )  # fmt: skip
    ticks.set_value(())
    frame = 2 * ticks.view.frameWidth()
    high = ticks.view.minimumHeight() * min(max(len(things), 2), _ROWS) // _ROWS + frame
    ticks.view.setMinimumHeight(high)
    ticks.view.setMaximumHeight(high)
    return ticks


def _note(path: Path, ahead: _Ahead) -> str:
    """Where an archive lies: copies have the same name."""
    return str(path.parent) if path in ahead.there else tr("its disk is away")
