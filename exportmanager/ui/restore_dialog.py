"""Asks which archive to restore, all of it or one student, and shows what would come before anything does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QScrollArea, QStackedWidget, QWidget

from exportmanager.archive.namesakes import told_apart
from exportmanager.archive.restoring import Restored, certificate_in
from exportmanager.core.archive import Certificate
from exportmanager.core.meter import Meter
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.errand import Errand
from exportmanager.jobs.runs import Outcome
from exportmanager.program import Program
from exportmanager.ui.archive_picker import ArchivePicker
from exportmanager.ui.archive_words import called, trouble_of
from exportmanager.ui.errand_bar import ErrandBar
from exportmanager.ui.fact_grid import FactGrid
from exportmanager.ui.kit import STEP, Empty, Text, button, column, labelled, line
from exportmanager.ui.restore_words import facts_of, left_words
from exportmanager.ui.room import make_room, scrolled
from exportmanager.ui.says import Says
from exportmanager.ui.words import counted, day, tr

_PAUSE = 400
"""Milliseconds without a key after which a path or passphrase is whole: a part of one would be called wrong."""


@dataclass(frozen=True, slots=True)
class RestoreWish:
    """What is to be restored: all of the archive at `path`, or a `student` of it, by id."""

    path: Path
    passphrase: str | None
    student: str = ""


class RestoreDialog(QDialog):
    """`asked` carries a `RestoreWish`, once it was looked at what would come. Shown with `open()`."""

    asked = Signal(object)

    def __init__(self, desk: Desk, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Restore an archive"))
        self._desk = desk
        self._certificate: Certificate | None = None
        self._opened: tuple[Path, str | None] | None = None
        self._looked: RestoreWish | None = None
        self._found: Restored | None = None
        self._trouble = ""
        self.errand = Errand(desk.errands, self)
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._open)
        self._make(folder)
        self._arrange()
        self._connect()
        self._say()

    # How it looks

    def _make(self, folder: str) -> None:
        self.picker = ArchivePicker(self._desk, folder)
        self.which = QComboBox()
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.setMinimumContentsLength(30)
        self.bar = ErrandBar(self.errand)
        self.facts = FactGrid()
        self.came = Text(size="heading")
        self.says = Says("info")
        self.says.setAccessibleName(tr("What will happen"))
        self.look_button = button(tr("Look what would come"), self.look, icon="search", about=tr("changes nothing"))
        self.restore_button = button(tr("Restore"), self.restore, icon="undo", about=tr("takes it into the library"))
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes without restoring"))
        self._pages = QStackedWidget()

    def _arrange(self) -> None:
        reading = column(self.bar)
        reading.addStretch(1)
        for page in (self._nothing(), _page(reading), self._result()):
            self._pages.addWidget(page)
        box = QDialogButtonBox()
        box.addButton(self.look_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(self.restore_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        about = tr("Nothing that is in the library is changed or replaced. The archive is read back before it is used.")
        layout = column(Text(about), self.picker, margin=2 * STEP, spacing=STEP + STEP // 2)
        label = labelled(tr("&Restore"), self.which, tr("The whole course, or one student of it"))
        self.picker.add(label, self.which)
        layout.addWidget(line())
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.says)
        layout.addWidget(line())
        layout.addWidget(box)
        self.setLayout(layout)
        make_room(self, 760, 600)

    @staticmethod
    def _nothing() -> QWidget:
        return Empty(tr("Nothing was looked at yet"), tr("What would come shows here before anything does."))

    def _result(self) -> QScrollArea:
        inside = column(self.came, self.facts, spacing=2 * STEP)
        inside.addStretch(1)
        return scrolled(inside)

    def _connect(self) -> None:
        self.picker.changed.connect(self._given)
        self.which.currentIndexChanged.connect(self._chosen)
        self.errand.ended.connect(self._ended)

    # Which archive, and whom

    def take(self, path: Path) -> None:
        """Choose an archive."""
        self.picker.take(path)

    def _given(self) -> None:
        """Another archive, or another passphrase: see whose it is as soon as that can be."""
        self.errand.give_up()
        self._certificate, self._opened, self._trouble = None, None, ""
        self._forget()
        self.which.clear()
        path = self.picker.given_path()
        if path is not None and not self.picker.problem():
            self._opened = path, self.picker.given_passphrase()
            self._soon.start(_PAUSE)
        self._say()

    def _open(self) -> None:
        if (here := self._opened) is not None:
            work = partial(certificate_in, *here)
            self._desk.background.ask(self, work, partial(self._know, here), partial(self._fail, here))

    def _know(self, of: tuple[Path, str | None], certificate: Certificate) -> None:
        if of != self._opened:
            return
        self._certificate, self._trouble = certificate, ""
        self.which.blockSignals(True)
        self.which.addItem(tr("The whole course"), "")
        people = certificate.students
        for person, name in zip(people, told_apart([(one.name, one.id) for one in people]), strict=True):
            self.which.addItem(printable(name), person.id)
        self.which.blockSignals(False)
        self._say()

    def _fail(self, of: tuple[Path, str | None], error: Exception) -> None:
        if of == self._opened:
            self._fault(error)

    def _fault(self, error: Exception) -> None:
        otherwise = tr("Something in this program went wrong. Nothing was changed.")
        self._trouble = trouble_of(self._desk, error, otherwise)
        self._say()
        self.says.announce()

    def _chosen(self, _: int) -> None:
        self.errand.give_up()
        self._trouble = ""
        self._forget()
        self._say()

    def _forget(self) -> None:
        """Nothing is known any more of what would come."""
        self._looked = self._found = None
        self._pages.setCurrentIndex(0)

    @property
    def _wish(self) -> RestoreWish | None:
        if self._opened is None or self._certificate is None:
            return None
        return RestoreWish(*self._opened, student=self.which.currentData() or "")

    # Looking

    def look(self) -> None:
        """Read the archive back, and say what would come."""
        wish = self._wish
        if wish is not None and self.look_button.isEnabled():
            self._looked, self._trouble = wish, ""
            self._pages.setCurrentIndex(1)
            self.bar.start(tr("Looking"), partial(_look, self._desk.program, wish))
            self._say()

    def _ended(self, outcome: Outcome) -> None:
        self._found = outcome.value if outcome.is_done else None
        self._pages.setCurrentIndex(2 if outcome.is_done else 0)
        if outcome.is_done:
            self._show(outcome.value)
        elif not outcome.was_stopped:
            error = outcome.problem or outcome.bug
            assert error is not None, "it did not end well, and nobody stopped it"
            self._fault(error)
        self._say()

    def _show(self, found: Restored) -> None:
        if found.was_here:
            self.came.setText(tr("The library has all of it already, just as it is in the archive."))
        elif found.student:
            self.came.setText(tr("This would come into {course}", course=called(found.title)))
        else:
            self.came.setText(tr("{course} would come into the library with this", course=called(found.title)))
        self.facts.show_facts(list(facts_of(found)) if not found.was_here else [])

    # What can be done now

    def _say(self) -> None:
        reason = self._reason()
        self.look_button.setEnabled(self._wish is not None and not self.errand.is_busy)
        self.which.setEnabled(self._certificate is not None)
        can = self._found is not None and not self._found.was_here and self._looked == self._wish
        self.restore_button.setEnabled(can)
        (self.restore_button if can else self.look_button).setDefault(True)
        self.says.say(self._trouble or reason, "problem" if self._trouble else "info")

    def _reason(self) -> str:
        if problem := self.picker.problem():
            return problem
        if self._certificate is None:
            return tr("Looking whose archive it is ...")
        if self._found is not None:
            return left_words(self._found)
        made = day(self._certificate.made_at.astimezone().date())
        students = counted(len(self._certificate.students), "1 student", "%Ln students")
        return tr("{course}, archived {day}, with {students}. Look first what would come.",
                  course=called(self._certificate.course_title), day=made, students=students)  # fmt: skip

    def restore(self) -> None:
        """Ask for it, and close: the shelf shows the rest."""
        if self.restore_button.isEnabled() and self._wish is not None:
            self.asked.emit(self._wish)
            self.accept()

    def done(self, result: int) -> None:
        """Close, and wait for nothing."""
        self.errand.give_up()
        super().done(result)


def _page(layout) -> QWidget:
    page = QWidget()
    page.setLayout(layout)
    return page


def _look(program: Program, wish: RestoreWish, meter: Meter) -> Restored:
    return program.archives.restore(wish.path, meter, wish.passphrase, student=wish.student, only_look=True)
