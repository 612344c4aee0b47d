"""Asks how and where courses are to be archived, and says what will be in the archives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QScrollArea, QWidget

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.course import CourseId, CourseInfo
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.options import checked, fields_of
from exportmanager.jobs.desk import Desk
from exportmanager.ui.archive_outlook import Outlook, Wish, look_ahead, not_included, outlook_lines
from exportmanager.ui.archive_passphrase import NewPassphrase
from exportmanager.ui.archive_words import called, trouble_of
from exportmanager.ui.forecast import Foreseeing
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.kit import STEP, Text, button, column, labelled, line, row
from exportmanager.ui.option_inputs import FolderInput
from exportmanager.ui.options_form import LABELS, OptionsForm
from exportmanager.ui.room import make_room, scrolled
from exportmanager.ui.says import Says
from exportmanager.ui.tick_list import TickList
from exportmanager.ui.tick_rows import Tickable
from exportmanager.ui.words import tr


class ArchiveDialog(QDialog):
    """`asked` carries the `Wish`, and the dialog closes: the shelf shows the rest. Shown with `open()`.

    Of several `courses` some can be ticked; `folder` is offered first.
    """

    asked = Signal(object)

    def __init__(
        self,
        desk: Desk,
        courses: Sequence[CourseInfo],
        folder: str,
        parent: QWidget | None = None,
        *,
        is_of_one: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Archive course") if is_of_one else tr("Archive several courses"))
        self._desk, self._courses, self._folder = desk, courses, folder
        self._wish: Wish | None = None
        self._outlook: Outlook | None = None
        self.ticks = None if is_of_one else _ticks(courses)
        self.folder = FolderInput(tr("Folder for archives"), folder)
        self.form = OptionsForm(fields_of(ArchiveOptions))
        self.passphrase = NewPassphrase()
        self.says, self.notes = Says("info"), Text(colour="muted")
        self.gaps_button = button(tr("Show the gaps"), self._show_gaps, icon="gap", about=tr("what is known to miss"))
        self.archive_button = button(
            tr("Archive"), self.archive, icon="archive", about=tr("makes and verifies the archive"), is_default=True
        )
        self.cancel_button = button(tr("Cancel"), self.reject, about=tr("closes without archiving"))
        self.foreseeing = Foreseeing(desk, partial(look_ahead, desk.program), self)
        self._arrange()
        self._connect()
        self._look_ahead()

    # How it looks

    def _arrange(self) -> None:
        box = QDialogButtonBox()
        box.addButton(self.archive_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.archive_button.setDefault(True)
        last = row(self.gaps_button)
        last.addStretch(1)
        last.addWidget(box)
        layout = column(Text(self._summary()), margin=2 * STEP, spacing=STEP + STEP // 2)
        layout.addWidget(self._scrolled(), 1)
        layout.addLayout(column(self.says, self.notes, spacing=STEP // 2))
        layout.addWidget(line())
        layout.addLayout(last)
        self.setLayout(layout)
        self.says.setAccessibleName(tr("What will happen"))
        self.notes.setContentsMargins(Says.INDENT, 0, 0, 0)
        self.gaps_button.hide()
        self.setMinimumSize(520, 400)
        make_room(self, 820, 740 if self.ticks is None else 900)

    def _summary(self) -> str:
        if self.ticks is None:
            return tr(
                "Everything that the library holds of {course}, in one place outside the library. It is read back, "
                "and gets a certificate that says what is in it.",
                course=called(self._courses[0].title),
            )
        return tr("An archive of each course that is ticked, one after the other, and one report at the end.")

    def _scrolled(self) -> QScrollArea:
        parts = column(margin=STEP, spacing=2 * STEP)
        if self.ticks is not None:
            parts.addWidget(self.ticks)
        parts.addLayout(self._place())
        parts.addWidget(self.form)
        parts.addWidget(self.passphrase)
        parts.addStretch(1)
        self._scroll = scrolled(parts)
        return self._scroll

    def _place(self) -> QHBoxLayout:
        label = labelled(tr("&Folder"), self.folder.line, tr("Where the archive goes; best on another disk"))
        label.setFixedWidth(LABELS)
        layout = row(label, self.folder, spacing=2 * STEP)
        layout.setStretch(1, 1)
        return layout

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first field."""
        super().showEvent(event)
        if self.ticks is not None:
            self.ticks.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.folder.setFocus(Qt.FocusReason.TabFocusReason)

    # What will come of it

    def _connect(self) -> None:
        for changed in (self.folder.changed, self.form.changed, self.passphrase.changed):
            changed.connect(self._look_ahead)
        if self.ticks is not None:
            self.ticks.changed.connect(self._look_ahead)
        self._unfolded = QTimer(self, singleShot=True, interval=0)  # it has to be laid out first
        self._unfolded.timeout.connect(self._show_passphrase)
        self.passphrase.switch.changed.connect(self._unfolded.start)
        self.foreseeing.known.connect(self._foreseen)
        self.foreseeing.failed.connect(self._not_foreseen)
        self._desk.library_changed.connect(self.foreseeing.ask_again)

    @property
    def chosen(self) -> tuple[CourseId, ...]:
        """The courses that are to be archived."""
        if self.ticks is None:
            return (self._courses[0].id,)
        return tuple(map(CourseId, self.ticks.rows.ticked))

    def _trouble(self, options: ArchiveOptions) -> str:
        """What has to be put right before it can be made; "" for nothing."""
        if not self.chosen:
            return tr("Tick at least one course.")
        if options.form == "folder" and self.passphrase.value() is not None:
            return tr("A plain folder cannot be encrypted. Choose one zip file, or no passphrase.")
        return self.passphrase.problem()

    def _look_ahead(self) -> None:
        options = checked(ArchiveOptions, self.form.values())
        trouble = self._trouble(options)
        folder = Path(self.folder.value() or self._folder)
        self._wish = None if trouble else Wish(self.chosen, options, folder, self.passphrase.value())
        self.foreseeing.ask(self._wish)
        self.archive_button.setEnabled(False)
        if trouble:
            self._say(trouble, "problem")
        elif not self.says.text() or self.says.mood == "problem":
            self._say(tr("Looking at what it will hold ..."), "info")

    def _foreseen(self, outlook: Outlook) -> None:
        assert self._wish is not None, "it was looked ahead for it"
        self._outlook = outlook
        self.gaps_button.setVisible(bool(outlook.gaps))
        self.archive_button.setEnabled(outlook.problem is None)
        self._say(" ".join(outlook_lines(outlook, self._wish)), "problem" if outlook.problem else "info")
        self.notes.setText("\n".join(not_included(outlook, self._wish.options)))
        self.notes.setVisible(bool(self.notes.text()))

    def _not_foreseen(self, error: Exception) -> None:
        is_ours = not isinstance(error, ProblemForTeacher)
        otherwise = tr("What it will hold could not be worked out.")
        self._say(trouble_of(self._desk, error, otherwise), "info" if is_ours else "problem")
        self.archive_button.setEnabled(is_ours)  # the archive itself may be made all the same

    def _say(self, sentence: str, mood: str) -> None:
        is_news = sentence != self.says.text()
        self.says.say(sentence, mood)
        self.notes.hide()
        if is_news and mood == "problem":
            self.says.announce()

    def _show_passphrase(self) -> None:
        self._scroll.ensureWidgetVisible(self.passphrase, 0, STEP)

    def _show_gaps(self) -> None:
        assert self._outlook is not None, "the button is there once they are known"
        GapsDialog(tr("What the last import did not get"), self._outlook.gaps, self).open()

    def archive(self) -> None:
        """Ask for it, and close."""
        if self._wish is not None and self.archive_button.isEnabled():
            self.asked.emit(self._wish)
            self.accept()


def _ticks(courses: Sequence[CourseInfo]) -> TickList:
    things = [
        Tickable(info.id, called(info.title), "  ·  ".join(filter(None, (info.code, info.term)))) for info in courses
    ]
    ticks = TickList(
        tr("Courses"), things, help=tr("Each of them gets an archive of its own"),
        nothing=tr("Tick at least one course."), empty=tr("The library has no courses."),
    )  # fmt: skip
    ticks.set_value(())
    return ticks
